"""Figures: drawn from stored tables, without TensorFlow.

In: tables. Out: every figure as PDF, SVG and PNG, and its caption as text. The modules of figures
declare their tables and the part of the results that they belong to; so do those of the user's own.
"""

for part, figure in [(part, name) for part, names in DRAWN.items() for name in names]:

    rule:
        """Draw this figure from the stored tables, and write its caption."""
        name:
            figure
        input:
            **with_digests(table_files(KNOWN_FIGURES[figure].tables, part)),
        output:
            shown_figure(figure, part),
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
            module=figure if figure in OWN_FIGURES else f"echoseq.figures.{figure}",
        script:
            "../scripts/figure.py"


rule figures:
    """All figures of the study."""
    input:
        figure_files(CORE_PART),
