"""Which of a repository's files are one complete set of weights, and how many bytes they are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of weights: its path and its size in bytes, None where the Hub did not say."""

    path: str
    size: int | None

    @property
    def folder(self) -> str:
        """Return the path's folder, or "" for the root."""
        return self.path.rpartition("/")[0]

    @property
    def extension(self) -> str:
        """Return the file name's ending in lower case, without the dot."""
        return self.path.rpartition(".")[2].lower()

    @property
    def name(self) -> str:
        """Return the file name in lower case, without its ending."""
        return self.path.rpartition("/")[2].rpartition(".")[0].lower()

    @property
    def stem(self) -> str:
        """Return the name without shard numbers: equal for all the shards of one model."""
        return _SHARD.sub("", self.name).removesuffix(f".{self.extension}")


@dataclass(frozen=True, slots=True)
class WeightSet:
    """The files of one complete set of weights, at least one."""

    files: tuple[WeightFile, ...]

    @property
    def size(self) -> int | None:
        """Return its bytes, or None when the size of any file is not stated."""
        sizes = [file.size for file in self.files if file.size is not None]
        return sum(sizes) if len(sizes) == len(self.files) else None


def has_weights(item: Mapping[str, Any]) -> bool | None:
    """Whether a listing item or detail body has weights; None when it names no files.

    Shards of which some are missing are an upload under way, and not there yet.
    """
    if not isinstance(item.get("siblings"), list):
        return None
    files = [path for path, _ in _siblings(item) if _is_weight(path)]
    return any(_is_whole(path, files) for path in files)


def _is_whole(path: str, files: Sequence[str]) -> bool:
    """Whether a file is no shard, or all of its kind are there: "model-00001-of-00002.safetensors"."""
    numbered = _NUMBERED.fullmatch(path)
    if not numbered:
        return True
    start, count, end = numbered["start"], int(numbered["count"]), numbered["end"]
    shards = (_NUMBERED.fullmatch(file) for file in files)
    found = {
        int(shard["number"]) for shard in shards if shard and (shard["start"], shard["end"]) == (start, end)
    }
    return len(found) >= count


def weight_set(item: Mapping[str, Any]) -> WeightSet | None:
    """Return the one complete set of weights of a detail body with `?blobs=true`, or None.

    The rules are those of docs/reference/models.md#weights: safetensors before other formats; the sharded or
    plain `model` files of the root, or the components of a diffusers pipeline in one number format;
    copies (original/, consolidated, onnx/) not counted. None where several sets lie side by side and
    none of them is the release itself: several GGUF quantisations, or checkpoints to choose from. Which
    of those is downloaded is the reader's choice, so that the size is "not stated".
    """
    files = [WeightFile(path, size) for path, size in _siblings(item) if _is_weight(path)]
    main = [file for file in files if not _COPIES.search(file.path.lower())] or files
    if any(path == "model_index.json" for path, _ in _siblings(item)):
        return _together([_best_format(group) for group in _by_folder(main) if group[0].folder])
    return _best_format(main)


def gguf_label(weights: WeightSet | None) -> str:
    """Return the quantisation that a GGUF file's name states ("Q4_K_M"), or ""."""
    if weights is None or weights.files[0].extension != "gguf":
        return ""
    stem = weights.files[0].stem
    match = re.search(r"(?:^|[-_.])(i?q\d(?:_[a-z0-9]+)*|b?f16|f32|mxfp4(?:_moe)?|nvfp4)$", stem)
    return match[1].upper() if match else ""


def _siblings(item: Mapping[str, Any]) -> Iterable[tuple[str, int | None]]:
    siblings = item.get("siblings")
    for sibling in siblings if isinstance(siblings, list) else ():
        path = sibling.get("rfilename") if isinstance(sibling, Mapping) else None
        if isinstance(path, str) and len(path) <= _LONGEST_PATH:
            yield path, _size(sibling)


def _size(sibling: Mapping[str, Any]) -> int | None:
    pointer = sibling.get("lfs")
    candidates = (sibling.get("size"), pointer.get("size") if isinstance(pointer, Mapping) else None)
    whole = (size for size in candidates if isinstance(size, int) and not isinstance(size, bool))
    return next((size for size in whole if 0 <= size <= _LARGEST_FILE), None)


def _is_weight(path: str) -> bool:
    lower = path.lower()
    if ".mlpackage/" in lower or ".mlmodelc/" in lower:  # Core ML's models are folders
        return True
    return "." in lower and lower.rpartition(".")[2] in _EXTENSIONS and not _NO_WEIGHTS.search(lower)


def _best_format(files: list[WeightFile]) -> WeightSet | None:
    for extensions in _FORMATS:
        chosen = [file for file in files if file.extension in extensions]
        if chosen:
            return _one_place(chosen)
    return None


def _one_place(files: list[WeightFile]) -> WeightSet | None:
    """Return the set at the root; without one, the only folder's, or all that are parts of one model."""
    folders = _by_folder(files)
    root = next((group for group in folders if not group[0].folder), None)
    if root:
        return _one_model(root)
    if len(folders) > 1 and not all(_COMPONENT.fullmatch(group[0].folder) for group in folders):
        return None
    return _together([_one_model(group) for group in folders])


def _by_folder(files: list[WeightFile]) -> list[list[WeightFile]]:
    folders: dict[str, list[WeightFile]] = {}
    for file in files:
        folders.setdefault(file.folder, []).append(file)
    return list(folders.values())


def _together(sets: list[WeightSet | None]) -> WeightSet | None:
    known = [one for one in sets if one]
    return WeightSet(tuple(file for one in known for file in one.files)) if known and known == sets else None


def _one_model(files: list[WeightFile]) -> WeightSet | None:
    """Return the shards of one model among the files of one folder, or None when there are several."""
    groups: dict[str, list[WeightFile]] = {}
    for file in files:
        groups.setdefault(file.stem, []).append(file)
    for stem in _PLAIN_STEMS:
        if stem in groups:
            return _without_whole_copy(groups[stem])
    main = {stem: group for stem, group in groups.items() if not _is_secondary(stem, groups)}
    return _without_whole_copy(next(iter(main.values()))) if len(main) == 1 else None


def _is_secondary(stem: str, groups: Mapping[str, object]) -> bool:
    """Tell a vision projector, another number format or a copy in the lab's own layout from a model."""
    if _SIDECAR.search(stem) or stem.startswith("consolidated"):
        return len(groups) > 1
    base = _VARIANT.sub("", stem)
    return base != stem and base in groups


def _without_whole_copy(group: list[WeightFile]) -> WeightSet:
    """Return the shards where a whole file lies beside them: both hold the same weights."""
    return WeightSet(tuple(file for file in group if _SHARD.search(file.name)) or tuple(group))
