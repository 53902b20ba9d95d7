"""The whole config."""

from pydantic import Field

from dltrain.config.sections.data import DataSection
from dltrain.config.sections.decision import DecisionSection
from dltrain.config.sections.logs import LogsSection
from dltrain.config.sections.metrics import MetricName
from dltrain.config.sections.model import ModelSection
from dltrain.config.sections.preprocessing import PreprocessingSection
from dltrain.config.sections.section import Section
from dltrain.config.sections.split import SplitSection
from dltrain.config.sections.training import TrainingSection


class Config(Section):
    """A dltrain config: which table, how to divide and prepare it, which network, how to train it."""

    data: DataSection
    """The table and the roles of its columns."""
    split: SplitSection = SplitSection()
    """Which rows are for training, validation and testing."""
    preprocessing: PreprocessingSection = PreprocessingSection()
    """How columns become numbers."""
    model: ModelSection
    """The network."""
    training: TrainingSection = TrainingSection()
    """How the weights are found."""
    decision: DecisionSection | None = None
    """How probabilities become labels. Default: the most probable label, which is p > 0.5 for binary tasks."""
    metrics: tuple[MetricName, ...] | None = Field(default=None, min_length=1)
    """Reported for validation and test rows. Default by task: rmse, mae, r2; accuracy, roc_auc, log_loss;
    accuracy, log_loss, f1_macro."""
    expect: dict[str, str | float] | None = None
    """Gates: bounds that metrics must keep, such as `test.roc_auc: ">= 0.9"` or `validation.log_loss: "< 0.4"`. fit and
    evaluate end with exit code 5 when one is missed; the run is kept. Of folds, the mean is judged."""
    logs: LogsSection | None = None
    """What TensorBoard and MLflow are told of a fit. Default: nothing."""

    @property
    def is_weighted(self) -> bool:
        """Whether rows count with weights, of their own or of their class."""
        return self.data.weight is not None or self.training.class_weight is not None
