"""A scikit-learn classifier as a Coterie learner: one line of JSON in, one line out."""
import json
import sys

import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss

PASSES = 5  # over the participant's rows in a round
answers = sys.stdout
sys.stdout = sys.stderr  # whatever a library prints must not get between the answers


def classifier(model, seed=0, round=0):
    """A classifier that stands where the model stands; smaller steps in later rounds."""
    sgd = SGDClassifier(loss="log_loss", alpha=0.001, learning_rate="constant", eta0=0.05 / (1 + round), random_state=seed)
    sgd.classes_ = np.array([0, 1])
    sgd.coef_ = np.array([model["coefficients"]], dtype=float)
    sgd.intercept_ = np.array(model["intercept"], dtype=float)
    return sgd


def train(message, rows):
    model, seed, round = message["model"], message["seed"], message["round"]
    sgd = classifier(model, (seed + round) % 2**32, round)
    loss = log_loss(rows["targets"], sgd.predict_proba(rows["features"]), labels=[0, 1])
    for _ in range(PASSES):
        sgd.partial_fit(rows["features"], rows["targets"], sample_weight=rows.get("weights"))
    blocks = {"coefficients": sgd.coef_[0].tolist(), "intercept": sgd.intercept_.tolist()}
    return {"round": round, "blocks": blocks, "loss": loss}


rows = {}
for line in sys.stdin:
    message = json.loads(line)
    kind = message["type"]
    if kind == "hello":
        answer = {"protocol": 1}
    elif kind == "rows":
        rows = {name: np.array(message[name], dtype=float) for name in ("features", "targets", "weights") if name in message}
        answer = {"rows": len(rows["features"])}
    elif kind == "round":
        answer = train(message, rows)
    elif kind == "predict":
        answer = {"predictions": classifier(message["model"]).predict_proba(np.array(message["features"], dtype=float))[:, 1].tolist()}
    else:
        break
    print(json.dumps(answer), file=answers, flush=True)
