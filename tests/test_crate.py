"""The provenance of a published version, held against the profiles it claims."""

import os
from pathlib import Path

import pytest
import requests
from requests_cache import CachedSession
from requests.adapters import HTTPAdapter
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.services import validate
