"""Figures: drawn from stored tables, without TensorFlow.

In: tables. Out: every figure as PDF, SVG and PNG, and its caption as text. The modules of figures
declare their tables and the part of the results that they belong to; so do those of the user's own.
"""

from echoseq.figures.catalogue import (
    FIGURES,
    FORMATS,
    drawing,
    figure_file,
    figures_of,
    shows_probes,
)
from echoseq.study.probed import declared_text

KNOWN_FIGURES = FIGURES | OWN_FIGURES
DRAWN = {
    part: figures_of(
        part,
        questions={STUDY.experiments[name].question for name in ADDED},
        probing=[name for name, question in STUDY.questions.items() if question.probes],
        figures=KNOWN_FIGURES,
    )
    for part in (CORE_PART, EXTENSIONS, BESIDE_PART)
}
FIGURE_FILES = {
    part: expand("<results>/figures/{figure}.{format}", figure=names, format=FORMATS)
    for part, names in DRAWN.items()
}
# Whether what others published has been compared: the paper shows it if so, but never makes it first.
BESIDE = bool(STUDY.met()) and all(
    Path(path.replace("<results>", RESULTS)).exists()
    for path in [*table_files(made_from("published")).values(), *FIGURE_FILES[BESIDE_PART]]
)
# Of the report.
PARTS = {
    CORE_PART: "Study",
    EXTENSIONS: "The open questions",
    BESIDE_PART: "What others published",
}

for part, figure in [(part, name) for part, names in DRAWN.items() for name in names]:

    rule:
        name:
            figure
        input:
            **with_digests(table_files(KNOWN_FIGURES[figure].tables, part)),
        output:
            f"<results>/figures/{figure}.pdf",
            # The report shows it with its caption, once that is there. The path of this is absolute,
            # because Snakemake resolves relative ones from the file of the rule.
            report(
                f"<results>/figures/{figure}.svg",
                caption=os.path.abspath(f"{RESULTS}/report/figures/{figure}.rst"),
                category="Figures",
                subcategory=PARTS[part],
                labels={"figure": figure.replace("_", " ").capitalize()},
            ),
            f"<results>/figures/{figure}.png",
            f"<results>/figures/{figure}.txt",
            f"<results>/report/figures/{figure}.rst",
        log:
            f"<results>/logs/figures/{figure}.log",
        group:
            "tables"
        conda:
            "../envs/echoseq.yaml"
        threads: 1
        resources:
            mem_mb=more_each_time(1000),
            runtime=more_each_time(5),
        params:
            code=code("figure.py", figure_file(figure)),
            states=declared_text() if shows_probes(KNOWN_FIGURES[figure]) else "",
            module=figure if figure in OWN_FIGURES else f"echoseq.figures.{figure}",
        script:
            "../scripts/figure.py"

    getattr(rules, figure).rule.docstring = drawing(figure)


rule figures:
    """All figures of the study."""
    input:
        FIGURE_FILES[CORE_PART],
