"""The template engine that both of this side's sites render their pages with."""

from typing import Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader

import templates
from intake.language import Language

_MACROS: Final = "govuk_frontend_jinja"


def environment_in(language: Language) -> Environment:
    """Return the template engine. The macros read undefined keys, so `Undefined` stays lenient; tests are strict for us."""
    loaders = [FileSystemLoader(templates.FOLDER), PrefixLoader({_MACROS: PackageLoader(_MACROS)})]
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    install = environment.install_gettext_translations  # type: ignore[attr-defined]  # added by the extension
    install(language.catalogue, newstyle=True)
    return environment
