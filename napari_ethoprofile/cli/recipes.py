"""Options that say what kind of model is trained, and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import crop_from, one_of

if TYPE_CHECKING:
    from ..training.batch_training import BatchRecipe
    from ..training.interactive import Recipe
    from ..training.stack_fitting import StackFit

#: Of models: a head on features, or a network.
INTERACTIVE, BATCH = "interactive", "batch"
TIERS = (INTERACTIVE, BATCH)
#: Of the batch tier.
MODERN, PUBLISHED = "modern", "published"
RECIPES = (MODERN, PUBLISHED)
#: How the label of a stack is found.
RULES = ("paper", "repository")
#: What turns frames into features unless another is named.
BACKBONE = "motion"

TierOf = Annotated[
    str,
    typer.Option(
        "--tier",
        metavar="|".join(TIERS),
        help="interactive: a head on features, in seconds; batch: the DeepEthoProfile network.",
    ),
]
BackboneOf = Annotated[
    str | None,
    typer.Option(
        "--backbone", metavar="NAME", help="What turns frames into features: motion, or one of 'models'."
    ),
]
WeightsOf = Annotated[
    str, typer.Option("--weights", metavar="PATH", help="Weights of the backbone, for those that need them.")
]
RecipeOf = Annotated[
    str | None,
    typer.Option(
        "--recipe", metavar="|".join(RECIPES), help="Batch tier: the modern recipe, or all as published."
    ),
]
EpochsOf = Annotated[
    int | None, typer.Option("--epochs", min=1, help="Batch tier: times that the labels are shown.")
]
FlipOf = Annotated[
    bool | None,
    typer.Option(
        "--flip/--no-flip",
        help="Batch tier: mirror some stacks; not where the sides of a cage mean something.",
    ),
]
RuleOf = Annotated[
    str | None,
    typer.Option(
        "--rule",
        metavar="|".join(RULES),
        help="Batch tier: how the label of a stack is found: as the paper says, or as its program does.",
    ),
]
DeviceOf = Annotated[
    str,
    typer.Option(
        "--device", metavar="auto|cpu|cuda|mps", help="Where a network of the batch tier is trained and runs."
    ),
]


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of model is asked for, option by option; see the options above.

    What is None or empty was not asked for.
    """

    tier: str = INTERACTIVE
    backbone: str | None = None
    weights: str = ""
    recipe: str | None = None
    epochs: int | None = None
    flip: bool | None = None
    rule: str | None = None
    device: str = "auto"
    crop: str = ""

    def asked(self) -> list[str]:
        """Return the options that were given and that say what is trained; a device is none of them."""
        given = {
            "--tier": self.tier != INTERACTIVE, "--backbone": self.backbone, "--weights": self.weights,
            "--crop": self.crop, **self._of_the_batch_tier(),
        }  # fmt: skip
        return [option for option, value in given.items() if value]

    def plan(self, name: str, unit: str, seed: int) -> Recipe | BatchRecipe:
        """Return what is to be trained.

        Parameters
        ----------
        name, unit, seed
            As for the recipes of both tiers.

        Raises
        ------
        typer.BadParameter
            When an option is wrong, or belongs to what is not asked for.
        """
        one_of("--tier", self.tier, TIERS)
        part = crop_from(self.crop) if self.crop else None
        return (
            self._batch(name, unit, seed, part) if self.tier == BATCH else self._head(name, unit, seed, part)
        )

    def _head(self, name: str, unit: str, seed: int, part: list[int] | None) -> Recipe:
        from ..training.interactive import Recipe

        others = [option for option, value in self._of_the_batch_tier().items() if value]
        others += ["--device"] if self.device != "auto" else []
        if others:
            raise typer.BadParameter(f"{others[0]} belongs to --tier batch; give that, too, or leave it out.")
        backbone = self.backbone or BACKBONE
        return Recipe(name, backbone, options_of(backbone, self.weights, part), unit, seed)

    def _batch(self, name: str, unit: str, seed: int, part: list[int] | None) -> BatchRecipe:
        from ..training.batch_training import BatchRecipe
        from ..training.preprocessing import Preprocessing

        if self.backbone or self.weights:
            option = "--backbone" if self.backbone else "--weights"
            raise typer.BadParameter(
                f"{option} belongs to --tier interactive: the network of the batch tier begins from random "
                "weights."
            )
        published = one_of("--recipe", self.recipe or MODERN, RECIPES) == PUBLISHED
        if part and published:
            raise typer.BadParameter(
                "the published recipe has a crop of its own; --crop goes with --recipe modern."
            )
        make = BatchRecipe.published if published else BatchRecipe
        made = make(name, unit, seed, device=self.device)
        if part:
            left, top, width, height = part
            made = replace(made, preprocessing=Preprocessing(crop=(left, top, width, height)))
        return replace(made, fit=self._changed(made.fit))

    def _changed(self, fit: StackFit) -> StackFit:
        """Return a recipe of the batch tier with what was asked for instead."""
        changes: dict[str, Any] = {}
        if self.epochs is not None:
            changes["epochs"] = self.epochs
        if self.rule is not None:
            changes["rule"] = one_of("--rule", self.rule, RULES)
        if self.flip is not None:
            changes["augmentation"] = replace(fit.augmentation, flip=self.flip)
        return replace(fit, **changes)

    def _of_the_batch_tier(self) -> Mapping[str, bool]:
        return {
            "--recipe": self.recipe is not None, "--epochs": self.epochs is not None,
            "--flip": self.flip is not None, "--rule": self.rule is not None,
        }  # fmt: skip


def options_of(backbone: str, weights: str, crop: list[int] | None) -> dict[str, Any]:
    """Return the options of a backbone.

    Raises
    ------
    LearnError
        When there is no such backbone.
    typer.BadParameter
        When it has weights of its own, or none.
    """
    from ..training.features.registry import entry_of

    if weights and entry_of(backbone).learned != "elsewhere":
        raise typer.BadParameter(f"the backbone '{backbone}' takes no weights; leave --weights out.")
    return ({"weights": weights} if weights else {}) | ({"crop": crop} if crop else {})
