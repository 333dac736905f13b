"""Which of a repository's files are one complete set of weights, and how many bytes they are."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.releases.facts.text import mapping_in, number_in

# Strongest first: where a repository holds the same weights in several formats, the first is downloaded.
_FORMATS = (
    ("safetensors",),
    ("bin",),
    ("pth", "pt"),
    ("nemo",),
    ("gguf",),
    ("ckpt",),
    ("h5", "keras"),
    ("msgpack",),
    ("onnx", "onnx_data"),
    ("tflite", "litertlm", "task"),
    ("mlmodel",),
    ("npz",),
    ("ot",),
)
_EXTENSIONS = {extension for extensions in _FORMATS for extension in extensions}
_LARGEST_FILE = 10**14  # bytes; what says to be larger says nothing, and SQLite has no room for it
_LONGEST_PATH = 1000
# Folders of copies in another format, and of what training leaves behind (docs/reference/models.md#weights).
_COPIES = re.compile(
    r"(?:^|/)(?:original|metal|onnx|openvino|coreml|tflite|gguf|flax|checkpoints?|checkpoint-\d+|runs|\.[^/]*)/"
)
_NO_WEIGHTS = re.compile(
    r"(?:^|/)(?:optimizer|scheduler|training_args|rng_state|random_states|scaler|tokenizer|vocab)[^/]*$|imatrix"
)
_SIDECAR = re.compile(r"(?:^|[-_.])(?:mmproj|mtp|draft)(?:[-_.]|$)")
_SHARD = re.compile(
    r"[-_.]?\d+[-_]of[-_]\d+|[-_.](?:tp|rank)[-_]?\d+|[-_.]\d{5,6}(?!\d)|(?<=consolidated)\.\d+"
)
_NUMBERED = re.compile(
    r"(?P<start>.*?[-_.]?)(?P<number>\d{1,6})[-_]of[-_](?P<count>\d{1,6})(?P<end>[^/]*)", re.ASCII
)
_VARIANT = re.compile(r"[-_.](?:fp16|bf16|fp32|fp8|int8|int4|non_ema|ema|quantized)$")
_PLAIN_STEMS = ("model", "pytorch_model", "diffusion_pytorch_model", "tf_model", "flax_model")
_COMPONENT = re.compile(
    r"(?:transformer|text_encoder|(?:image|audio|vision)_encoder|encoder|decoder|(?:audio_)?vae|unet|dit|prior"
    r"|connectors|safety_checker|vocoder|vqgan|movq)(?:_\d)?",
    re.IGNORECASE,
)
_QUANTISATION = re.compile(r"(?:^|[-_.])(i?q\d(?:_[a-z0-9]+)*|b?f16|f32|mxfp4(?:_moe)?|nvfp4)$")


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of weights: its path and its size in bytes, None where the Hub did not say."""

    path: str
    size: int | None

    @property
    def folder(self) -> str:
        """The path's folder, "" for the root."""
        return self.path.rpartition("/")[0]

    @property
    def extension(self) -> str:
        """The file name's ending in lower case, without the dot."""
        return self.path.rpartition(".")[2].lower()

    @property
    def name(self) -> str:
        """The file name in lower case, without its ending."""
        return self.path.rpartition("/")[2].rpartition(".")[0].lower()

    @property
    def stem(self) -> str:
        """The name without shard numbers: equal for all the shards of one model."""
        return _SHARD.sub("", self.name).removesuffix(f".{self.extension}")


_Files = list[WeightFile]


@dataclass(frozen=True, slots=True)
class WeightSet:
    """The files of one complete set of weights, at least one."""

    files: tuple[WeightFile, ...]

    @property
    def size(self) -> int | None:
        """Its bytes, or None when the size of any file is not stated."""
        sizes = [file.size for file in self.files if file.size is not None]
        return sum(sizes) if len(sizes) == len(self.files) else None


def has_weights(item: Mapping[str, Any]) -> bool | None:
    """Whether a listing item or detail body has weights; None when it names no files.

    Shards of which some are missing are an upload under way, and not there yet.
    """
    if not isinstance(item.get("siblings"), list):
        return None
    shards: dict[tuple[str, str], set[int]] = {}
    wholes = []
    for file in _weight_files(item):
        numbered = _NUMBERED.fullmatch(file.path)
        if not numbered:
            return True
        of_one_model = shards.setdefault((numbered["start"], numbered["end"]), set())
        of_one_model.add(int(numbered["number"]))
        wholes.append((of_one_model, int(numbered["count"])))
    return any(len(found) >= count for found, count in wholes)


def weight_set(item: Mapping[str, Any]) -> WeightSet | None:
    """Return the one complete set of weights of a detail body with `?blobs=true`, or None.

    The rules are those of docs/reference/models.md#weights: safetensors before other formats; the sharded or
    plain `model` files of the root, or the components of a diffusers pipeline in one number format;
    copies (original/, consolidated, onnx/) not counted. None where several sets lie side by side and
    none of them is the release itself: several GGUF quantisations, or checkpoints to choose from. Which
    of those is downloaded is the reader's choice, so that the size is "not stated".
    """
    files = list(_weight_files(item))
    main = [file for file in files if not _COPIES.search(file.path.lower())] or files
    if any(file.path == "model_index.json" for file in _files(item)):
        components = _grouped(main, lambda file: file.folder)
        chosen = _together(_best_format(group) for folder, group in components.items() if folder)
    else:
        chosen = _best_format(main)
    return WeightSet(tuple(chosen)) if chosen else None


def gguf_label(weights: WeightSet | None) -> str:
    """Return the quantisation that a GGUF file's name states ("Q4_K_M"), or ""."""
    if weights is None or weights.files[0].extension != "gguf":
        return ""
    match = _QUANTISATION.search(weights.files[0].stem)
    return match[1].upper() if match else ""


def _files(item: Mapping[str, Any]) -> Iterator[WeightFile]:
    siblings = item.get("siblings")
    for sibling in siblings if isinstance(siblings, list) else ():
        file = mapping_in(sibling)
        path = file.get("rfilename")
        if isinstance(path, str) and len(path) <= _LONGEST_PATH:
            sizes = (file.get("size"), mapping_in(file.get("lfs")).get("size"))
            known = (number_in(size, 0, _LARGEST_FILE) for size in sizes)
            yield WeightFile(path, next((size for size in known if size is not None), None))


def _weight_files(item: Mapping[str, Any]) -> Iterator[WeightFile]:
    for file in _files(item):
        lower = file.path.lower()
        is_core_ml = ".mlpackage/" in lower or ".mlmodelc/" in lower  # its models are folders
        has_ending = "." in lower and file.extension in _EXTENSIONS
        if is_core_ml or (has_ending and not _NO_WEIGHTS.search(lower)):
            yield file


def _best_format(files: _Files) -> _Files:
    """Return the set in the strongest format: the root's, else the only folder's, else parts of one model."""
    for extensions in _FORMATS:
        folders = _grouped((file for file in files if file.extension in extensions), lambda file: file.folder)
        if "" in folders:
            return _one_model(folders[""])
        if len(folders) == 1 or (folders and all(map(_COMPONENT.fullmatch, folders))):
            return _together(_one_model(group) for group in folders.values())
        if folders:
            return []
    return []


def _grouped(files: Iterable[WeightFile], key: Callable[[WeightFile], str]) -> dict[str, _Files]:
    groups: dict[str, _Files] = {}
    for file in files:
        groups.setdefault(key(file), []).append(file)
    return groups


def _together(sets: Iterable[_Files]) -> _Files:
    """Return all files of several sets, none where one of them is not to be told."""
    found = list(sets)
    return [file for files in found for file in files] if all(found) else []


def _one_model(files: _Files) -> _Files:
    """Return the shards of one model among the files of one folder, none when there are several.

    A vision projector, another number format and a copy in the lab's own layout are no second model.
    """
    groups = _grouped(files, lambda file: file.stem)
    plain = next((stem for stem in _PLAIN_STEMS if stem in groups), "")
    main = [plain] if plain else [stem for stem in groups if not _is_secondary(stem, groups)]
    if len(main) != 1:
        return []
    # Where a whole file lies beside its shards, both hold the same weights.
    return [file for file in groups[main[0]] if _SHARD.search(file.name)] or groups[main[0]]


def _is_secondary(stem: str, groups: Mapping[str, object]) -> bool:
    if _SIDECAR.search(stem) or stem.startswith("consolidated"):
        return len(groups) > 1
    base = _VARIANT.sub("", stem)
    return base != stem and base in groups
