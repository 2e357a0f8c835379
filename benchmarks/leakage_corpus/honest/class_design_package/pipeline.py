import joblib
from src.steps import Parse
from src.workflow import Experiment, Workflow


def train(data, model_dir):
    experiment = Experiment(data, seed=0)
    joblib.dump(Workflow().fit(experiment.X, experiment.y), f"{model_dir}/workflow.joblib")


def evaluate(data):
    return Experiment(data, seed=0).run()


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/workflow.joblib").predict(Parse().transform(data))
