"""Trains XGBoost's hist on rows in binary files and prints one JSON document: seconds and losses.

Usage: xgboost_hist.py FOLDER ROWS FEATURES TEST TREES DEPTH THREADS
FOLDER has features.f32 (row by row) and labels.f32, first the training rows, then the test rows.
"""
import json
import sys
import time

import numpy as np
import xgboost as xgb

folder = sys.argv[1]
rows, features, test, trees, depth, threads = (int(a) for a in sys.argv[2:])
x = np.fromfile(folder + "/features.f32", dtype=np.float32).reshape(rows + test, features)
y = np.fromfile(folder + "/labels.f32", dtype=np.float32)
train = xgb.DMatrix(x[:rows], label=y[:rows], nthread=threads)
parameters = {
    "objective": "binary:logistic", "tree_method": "hist", "max_depth": depth, "eta": 0.1, "lambda": 1, "gamma": 0,
    "min_child_weight": 1, "max_bin": 255, "base_score": 0.5, "nthread": threads, "verbosity": 0,
}


def seconds(count):
    start, cpu = time.perf_counter(), time.process_time()
    model = xgb.train(parameters, train, count)
    return time.perf_counter() - start, time.process_time() - cpu, model


one = seconds(1)
wall, cpu, model = seconds(trees)


def loss(data, labels):
    p = np.clip(model.predict(data), 1e-15, 1 - 1e-15)
    return float(-np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p)))


print(json.dumps({
    "version": xgb.__version__, "wall": wall, "cpu": cpu, "first": one[0],
    "train": loss(train, y[:rows]), "test": loss(xgb.DMatrix(x[rows:], nthread=threads), y[rows:]),
}))
