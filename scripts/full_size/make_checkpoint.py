"""Writes a checkpoint of random weights with the layer shapes of a published model, in the layout of its hub.

usage: make_checkpoint.py llamagen-b|janus-pro-1b|emu3|emu3-vision-tokenizer FOLDER [--layers N]
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

torch.manual_seed(0)
torch.set_num_threads(2)


def normal(*shape, dtype=torch.bfloat16):
    """Weights that keep the size of what goes through them."""
    return (torch.randn(shape) * shape[-1] ** -0.5).to(dtype)


def convolution(tensors, name, inputs, outputs, kernel, dtype):
    tensors[f"{name}.weight"] = (torch.randn(outputs, inputs, kernel, kernel) * (inputs * kernel * kernel) ** -0.5).to(dtype)
    tensors[f"{name}.bias"] = torch.zeros(outputs, dtype=dtype)


def norm(tensors, name, channels, dtype):
    tensors[f"{name}.weight"], tensors[f"{name}.bias"] = torch.ones(channels, dtype=dtype), torch.zeros(channels, dtype=dtype)


def llama_layer(tensors, name, width, heads, kv_heads, head_dim, hidden):
    for part, outputs, inputs in (
        ("self_attn.q_proj", heads * head_dim, width), ("self_attn.k_proj", kv_heads * head_dim, width),
        ("self_attn.v_proj", kv_heads * head_dim, width), ("self_attn.o_proj", width, heads * head_dim),
        ("mlp.gate_proj", hidden, width), ("mlp.up_proj", hidden, width), ("mlp.down_proj", width, hidden),
    ):  # fmt: skip
        tensors[f"{name}.{part}.weight"] = normal(outputs, inputs)
    for part in ("input_layernorm", "post_attention_layernorm"):
        tensors[f"{name}.{part}.weight"] = torch.ones(width, dtype=torch.bfloat16)


def save_shards(folder, make, count):
    """Writes `count` shards one after the other, and their index; `make(i)` gives the tensors of shard i."""
    index = {}
    for i in range(count):
        tensors = make(i)
        name = f"model-{i + 1:05d}-of-{count:05d}.safetensors"
        save_file(tensors, folder / name)
        index.update(dict.fromkeys(tensors, name))
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))


def vq16(prefix, residual, attention, middle, dtype):
    """LlamaGen's VQ-16 decoder, under the names that the layout gives its blocks."""
    tensors = {f"{prefix}quantize.embedding.weight": torch.randn(16384, 8).to(dtype)}
    convolution(tensors, f"{prefix}post_quant_conv", 8, 256, 1, dtype)
    convolution(tensors, f"{prefix}decoder.conv_in", 256, 512, 3, dtype)

    def block(name, inputs, outputs):
        norm(tensors, f"{name}.norm1", inputs, dtype)
        convolution(tensors, f"{name}.conv1", inputs, outputs, 3, dtype)
        norm(tensors, f"{name}.norm2", outputs, dtype)
        convolution(tensors, f"{name}.conv2", outputs, outputs, 3, dtype)
        if inputs != outputs:
            convolution(tensors, f"{name}.nin_shortcut", inputs, outputs, 1, dtype)

    def attend(name, width):
        norm(tensors, f"{name}.norm", width, dtype)
        for part in ("q", "k", "v", "proj_out"):
            convolution(tensors, f"{name}.{part}", width, width, 1, dtype)

    names = [f"{prefix}decoder.mid.{part}" for part in middle]
    block(names[0], 512, 512)
    attend(names[1], 512)
    block(names[2], 512, 512)
    width = 512
    for level, outputs in enumerate((512, 256, 256, 128, 128)):
        for i in range(3):
            block(f"{prefix}decoder.{residual}".format(level=level, i=i), width, outputs)
            width = outputs
            if level == 0:
                attend(f"{prefix}decoder.{attention}".format(level=level, i=i), width)
        if level < 4:
            up = f"{prefix}decoder.{residual.split('.')[0]}.{level}.upsample.conv"
            convolution(tensors, up, width, width, 3, dtype)
    norm(tensors, f"{prefix}decoder.norm_out", width, dtype)
    convolution(tensors, f"{prefix}decoder.conv_out", width, 3, 3, dtype)
    return tensors


def llamagen_b(folder, layers):
    """c2i_B_384.pt and vq_ds16_c2i.pt, float32 as published."""
    width, hidden = 768, 2048
    model = {
        "tok_embeddings.weight": normal(16384, width, dtype=torch.float32),
        "cls_embedding.embedding_table.weight": torch.randn(1001, width),
        "norm.weight": torch.ones(width),
        "output.weight": normal(16384, width, dtype=torch.float32),
    }
    for i in range(layers or 12):
        for part, outputs, inputs in (
            ("attention.wqkv", 3 * width, width), ("attention.wo", width, width), ("feed_forward.w1", hidden, width),
            ("feed_forward.w3", hidden, width), ("feed_forward.w2", width, hidden),
        ):  # fmt: skip
            model[f"layers.{i}.{part}.weight"] = normal(outputs, inputs, dtype=torch.float32)
        for part in ("attention_norm", "ffn_norm"):
            model[f"layers.{i}.{part}.weight"] = torch.ones(width)
    torch.save({"model": model}, folder / "c2i_B_384.pt")
    vq = vq16("", "conv_blocks.{level}.res.{i}", "conv_blocks.{level}.attn.{i}", ("0", "1", "2"), torch.float32)
    torch.save({"model": vq}, folder / "vq_ds16_c2i.pt")


def janus_pro_1b(folder, layers):
    """The transformers port: bfloat16, two shards."""
    width, layers = 2048, layers or 24
    text = {
        "model_type": "llama", "vocab_size": 102400, "hidden_size": width, "intermediate_size": 5632, "num_hidden_layers": layers,
        "num_attention_heads": 16, "num_key_value_heads": 16, "max_position_embeddings": 16384, "rms_norm_eps": 1e-6,
        "bos_token_id": 100000, "eos_token_id": 100001, "tie_word_embeddings": False,
    }  # fmt: skip
    vision = {"image_size": 384, "patch_size": 16, "num_image_tokens": 576}
    (folder / "config.json").write_text(json.dumps({"model_type": "janus", "text_config": text, "vision_config": vision}))
    generation = {"bos_token_id": 100000, "pad_token_id": 100015, "generation_kwargs": {"boi_token_id": 100016}}
    (folder / "generation_config.json").write_text(json.dumps(generation))

    def make(shard):
        if shard == 0:
            tensors = {"model.language_model.embed_tokens.weight": normal(102400, width)}
        else:
            tensors = {"model.language_model.norm.weight": torch.ones(width, dtype=torch.bfloat16)}
            tensors["model.generation_embeddings.weight"] = normal(16384, 8)
            for name, outputs, inputs in (
                ("generation_aligner.fc1", width, 8), ("generation_aligner.hidden_layers.0", width, width),
                ("generation_head.proj_out", width, width), ("generation_head.vision_head", 16384, width),
            ):  # fmt: skip
                tensors[f"model.{name}.weight"] = normal(outputs, inputs)
                tensors[f"model.{name}.bias"] = torch.zeros(outputs, dtype=torch.bfloat16)
            middle = ("block_1", "attn_1", "block_2")
            tensors |= vq16("model.vqmodel.", "up.{level}.block.{i}", "up.{level}.attn.{i}", middle, torch.bfloat16)
        for i in range(shard * layers // 2, (shard + 1) * layers // 2):
            llama_layer(tensors, f"model.language_model.layers.{i}", width, 16, 16, 128, 5632)
        return tensors

    save_shards(folder, make, 2)


def emu3(folder, layers):
    """Emu3-Gen's own layout: bfloat16, a shard for each four layers. 32 layers are all of it."""
    width, layers = 4096, layers or 32
    config = {
        "model_type": "Emu3", "vocab_size": 184622, "hidden_size": width, "intermediate_size": 14336, "num_hidden_layers": layers,
        "num_attention_heads": 32, "num_key_value_heads": 8, "max_position_embeddings": 9216, "rms_norm_eps": 1e-5,
        "rope_theta": 1000000.0, "hidden_act": "silu", "bos_token_id": 151849, "eos_token_id": 151850, "pad_token_id": 151643,
        "img_token_id": 151851, "boi_token_id": 151852, "eoi_token_id": 151853, "eol_token_id": 151846, "eof_token_id": 151847,
        "image_area": 518400, "tie_word_embeddings": False,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    shards = (layers + 3) // 4 + 1

    def make(shard):
        if shard == shards - 1:
            return {
                "model.embed_tokens.weight": normal(184622, width),
                "model.norm.weight": torch.ones(width, dtype=torch.bfloat16),
                "lm_head.weight": normal(184622, width),
            }
        tensors = {}
        for i in range(4 * shard, min(layers, 4 * shard + 4)):
            llama_layer(tensors, f"model.layers.{i}", width, 32, 8, 128, 14336)
        return tensors

    save_shards(folder, make, shards)


def emu3_vision_tokenizer(folder, _):
    """BAAI/Emu3-VisionTokenizer: the decoder of the video tokenizer, float32 as published."""
    tensors, dtype = {"quantize.embedding.weight": torch.randn(32768, 4)}, torch.float32
    convolution(tensors, "decoder.conv_in", 4, 1024, 3, dtype)

    def causal(name, taps, side):
        tensors[f"{name}.conv.weight"] = torch.randn(4, 4, taps, side, side) * (4 * side * side) ** -0.5
        tensors[f"{name}.conv.bias"] = torch.zeros(4)

    def spatial(name, width):
        norm(tensors, f"{name}.norm_layer", width, dtype)
        convolution(tensors, f"{name}.conv_y", 4, width, 1, dtype)
        convolution(tensors, f"{name}.conv_b", 4, width, 1, dtype)

    causal("post_quant_conv", 3, 1)
    for i in range(2):
        for part in ("1", "2"):
            norm(tensors, f"decoder.time_res_stack.{i}.norm{part}", 4, dtype)
            tensors[f"decoder.time_res_stack.{i}.norm{part}.running_mean"] = torch.zeros(4)
            tensors[f"decoder.time_res_stack.{i}.norm{part}.running_var"] = torch.ones(4)
            causal(f"decoder.time_res_stack.{i}.conv{part}", 3, 3)
        causal(f"decoder.time_conv.{i}.conv", 3, 3)

    def block(name, inputs, outputs):
        spatial(f"{name}.norm1", inputs)
        convolution(tensors, f"{name}.conv1", inputs, outputs, 3, dtype)
        spatial(f"{name}.norm2", outputs)
        convolution(tensors, f"{name}.conv2", outputs, outputs, 3, dtype)
        if inputs != outputs:
            convolution(tensors, f"{name}.nin_shortcut", inputs, outputs, 1, dtype)

    def attend(name, width):
        spatial(f"{name}.norm", width)
        for part in ("q", "k", "v", "proj_out"):
            convolution(tensors, f"{name}.{part}", width, width, 1, dtype)

    block("decoder.mid.block_1", 1024, 1024)
    attend("decoder.mid.attn_1", 1024)
    block("decoder.mid.block_2", 1024, 1024)
    width = 1024
    for level, outputs in ((3, 1024), (2, 512), (1, 512), (0, 256)):
        for i in range(3):
            block(f"decoder.up.{level}.block.{i}", width, outputs)
            width = outputs
            if level == 3:
                attend(f"decoder.up.{level}.attn.{i}", width)
        if level:
            convolution(tensors, f"decoder.up.{level}.upsample.conv", width, width, 3, dtype)
    spatial("decoder.norm_out", width)
    convolution(tensors, "decoder.conv_out", width, 3, 3, dtype)
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"model_type": "Emu3VisionVQ"}))


SHAPES = {
    "llamagen-b": llamagen_b, "janus-pro-1b": janus_pro_1b, "emu3": emu3, "emu3-vision-tokenizer": emu3_vision_tokenizer,
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shape", choices=sorted(SHAPES))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int, default=0, help="fewer layers than the published model has")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    SHAPES[arguments.shape](arguments.folder, arguments.layers)


if __name__ == "__main__":
    main()
