"""Trains the digits network and writes digits.onnx, images.npy and labels.npy beside this file.

Nothing in Heterodyne runs this: its results are committed. See README.md for provenance.
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional

SEED = 17
HELD_OUT = 450
# Both chosen by three-fold cross-validation within the training images.
EPOCHS = 60
SHIFTED = 0.3
BATCH = 64
GREY_MAX = 16
ACCURACY_MIN = 0.97
FOLDER = Path(__file__).parent


class Digits(nn.Module):
    """A residual block with a plain skip, one with a projected skip, then two dense layers."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 16, 3, padding=1)
        self.conv3 = nn.Conv2d(16, 16, 3, padding=1)
        self.conv4 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv5 = nn.Conv2d(32, 32, 3, padding=1)
        self.shortcut = nn.Conv2d(16, 32, 1)
        self.fc1 = nn.Linear(32 * 2 * 2, 48)
        self.fc2 = nn.Linear(48, 10)

    def forward(self, image):
        x = functional.relu(self.conv1(image))
        x = functional.relu(self.conv3(functional.relu(self.conv2(x))) + x)
        x = functional.max_pool2d(x, 2)
        x = functional.relu(self.conv5(functional.relu(self.conv4(x))) + self.shortcut(x))
        x = torch.flatten(functional.max_pool2d(x, 2), 1)
        return self.fc2(functional.relu(self.fc1(x)))


def augmented(images):
    """Some of the images moved by up to a pixel each way, so that position matters less."""
    padded = functional.pad(images, (1, 1, 1, 1))
    rows, columns = torch.randint(0, 3, (2, len(images))).tolist()
    moved = torch.stack([p[:, r : r + 8, c : c + 8] for p, r, c in zip(padded, rows, columns)])
    chosen = torch.rand(len(images)) < SHIFTED
    return torch.where(chosen[:, None, None, None], moved, images)


def to_input(images):
    """What a client's preprocessing does too: uint8 NHWC in 0..16 to float32 NCHW in 0..1."""
    return np.ascontiguousarray((images.astype(np.float32) / GREY_MAX).transpose(0, 3, 1, 2))


def train(images, labels):
    network = Digits()
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, EPOCHS)
    inputs, targets = torch.from_numpy(to_input(images)), torch.from_numpy(labels).long()
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(inputs)).split(BATCH):
            loss = functional.cross_entropy(network(augmented(inputs[chosen])), targets[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        schedule.step()
    return network.eval()


# name, type, inputs, attributes: the graph as it is drawn in README.md. `logits` is fc2's output;
# every other operation's output is its name with `_output`.
OPERATIONS = [
    ("conv1", "Conv", ["image"], {"pads": [1, 1, 1, 1], "kernel_shape": [3, 3]}),
    ("relu1", "Relu", ["conv1_output"], {}),
    ("conv2", "Conv", ["relu1_output"], {"pads": [1, 1, 1, 1], "kernel_shape": [3, 3]}),
    ("relu2", "Relu", ["conv2_output"], {}),
    ("conv3", "Conv", ["relu2_output"], {"pads": [1, 1, 1, 1], "kernel_shape": [3, 3]}),
    ("add1", "Add", ["conv3_output", "relu1_output"], {}),
    ("relu3", "Relu", ["add1_output"], {}),
    ("pool1", "MaxPool", ["relu3_output"], {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("conv4", "Conv", ["pool1_output"], {"pads": [1, 1, 1, 1], "kernel_shape": [3, 3]}),
    ("relu4", "Relu", ["conv4_output"], {}),
    ("conv5", "Conv", ["relu4_output"], {"pads": [1, 1, 1, 1], "kernel_shape": [3, 3]}),
    ("shortcut", "Conv", ["pool1_output"], {"kernel_shape": [1, 1]}),
    ("add2", "Add", ["conv5_output", "shortcut_output"], {}),
    ("relu5", "Relu", ["add2_output"], {}),
    ("pool2", "MaxPool", ["relu5_output"], {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("flatten", "Flatten", ["pool2_output"], {"axis": 1}),
    ("fc1", "Gemm", ["flatten_output"], {"transB": 1}),
    ("relu6", "Relu", ["fc1_output"], {}),
    ("fc2", "Gemm", ["relu6_output"], {"transB": 1}),
]


def to_onnx(network):
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    nodes = []
    for name, kind, inputs, attributes in OPERATIONS:
        parameters = [w for w in weights if w.split(".")[0] == name]
        output = "logits" if name == "fc2" else f"{name}_output"
        nodes.append(helper.make_node(kind, inputs + parameters, [output], name, **attributes))
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
        producer_name="examples/digits/train.py",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def measured_accuracy():
    """Of the committed files themselves, in another runtime than the one that trained."""
    session = onnxruntime.InferenceSession(FOLDER / "digits.onnx")
    images, labels = np.load(FOLDER / "images.npy"), np.load(FOLDER / "labels.npy")
    (logits,) = session.run(["logits"], {"image": to_input(images)})
    return (logits.argmax(axis=1) == labels).mean()


def main():
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    digits = load_digits()
    images = digits.images.astype(np.uint8)[..., np.newaxis]
    labels = digits.target.astype(np.uint8)
    train_images, test_images, train_labels, test_labels = train_test_split(
        images, labels, test_size=HELD_OUT, random_state=SEED, stratify=labels
    )
    onnx.save(to_onnx(train(train_images, train_labels)), FOLDER / "digits.onnx")
    np.save(FOLDER / "images.npy", np.ascontiguousarray(test_images))
    np.save(FOLDER / "labels.npy", test_labels)
    accuracy = measured_accuracy()
    print(f"{accuracy:.4f} of {len(test_labels)} held-out images, {len(train_labels)} trained on")
    if accuracy < ACCURACY_MIN:
        raise SystemExit(f"expected at least {ACCURACY_MIN}")


if __name__ == "__main__":
    main()
