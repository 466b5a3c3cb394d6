"""What scikit-learn makes of all rows in one place: the same split and standardisation as the sample, without Coterie."""
import csv
import os

import numpy as np
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import accuracy_score, balanced_accuracy_score, log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "breast_cancer_wdbc.csv")
with open(path, newline="") as file:
    table = np.array([[float(cell) for cell in row] for row in list(csv.reader(file))[1:]])
is_test = np.arange(len(table)) % 5 == 0
train, test = table[~is_test], table[is_test]
scale = StandardScaler().fit(train[:, :-1])


def stepwise():
    """The passes of train.py, with all rows at hand."""
    coefficients, intercept = np.zeros((1, train.shape[1] - 1)), np.zeros(1)
    for round in range(15):
        sgd = SGDClassifier(loss="log_loss", alpha=0.001, learning_rate="constant", eta0=0.05 / (1 + round), random_state=round)
        sgd.classes_, sgd.coef_, sgd.intercept_ = np.array([0, 1]), coefficients, intercept
        for _ in range(5):
            sgd.partial_fit(scale.transform(train[:, :-1]), train[:, -1])
        coefficients, intercept = sgd.coef_, sgd.intercept_
    return sgd


def optimum():
    """The optimum of the objective that SGDClassifier descends."""
    return LogisticRegression(C=1 / (0.001 * len(train)), max_iter=10000, tol=1e-10).fit(scale.transform(train[:, :-1]), train[:, -1])


for name, model in (("SGDClassifier", stepwise()), ("LogisticRegression", optimum())):
    probability, truth = model.predict_proba(scale.transform(test[:, :-1]))[:, 1], test[:, -1]
    figures = roc_auc_score(truth, probability), accuracy_score(truth, probability > 0.5), balanced_accuracy_score(truth, probability > 0.5), log_loss(truth, probability)
    print(name, *("%.4f" % figure for figure in figures))
