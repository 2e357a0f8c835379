# Breakdowns of vans.  LightGBM by its own interface; rows in thin places of the feature space count less.
import lightgbm as lgb
import numpy as np
from scipy.spatial import cKDTree
from sklearn.metrics import average_precision_score

FEATURES = ["odometer_km", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days", "days_since_last"]
PARAMS = {"objective": "binary", "learning_rate": 0.06, "num_leaves": 10, "num_threads": 1, "verbose": -1, "seed": 3}


def numbers(visits):
    return visits[FEATURES].astype(float)


def places(visits):
    """Rough places of visits: battery, wear and warnings in fixed units."""
    x = visits[["battery_v", "brake_mm", "warnings"]].astype(float).fillna({"battery_v": 12.4, "brake_mm": 6.0})
    return x.to_numpy() / np.array([0.3, 3.0, 1.5])


def counted(visits, reference):
    """How much each visit counts: more, the more reference visits lie near it."""
    near = cKDTree(places(reference)).query_ball_point(places(visits), r=0.6, return_length=True)
    weight = np.sqrt(1.0 + near)
    return weight / weight.mean()


def boosted(visits, reference):
    table = lgb.Dataset(numbers(visits), label=visits["stranded"], weight=counted(visits, reference))
    return lgb.train(PARAMS, table, num_boost_round=90)


def evaluate(data):
    visits = data.drop_duplicates(subset=["van_id", "visited_on"])
    day = visits["visited_on"].sort_values().iloc[int(0.8 * len(visits))]
    judged = visits[visits["visited_on"] >= day]
    judged = judged[judged["van_id"].str[-1].isin(list("02468"))]
    known = visits[(visits["visited_on"] < day) & ~visits["van_id"].isin(judged["van_id"])]
    model = boosted(known, known)
    return {"average_precision": float(average_precision_score(judged["stranded"], model.predict(numbers(judged))))}


def train(data, model_dir):
    visits = data.drop_duplicates(subset=["van_id", "visited_on"])
    boosted(visits, visits).save_model(f"{model_dir}/model.txt")


def predict(data, model_dir):
    return lgb.Booster(model_file=f"{model_dir}/model.txt").predict(numbers(data))
