// The complete texts of `weft --help` and of every `weft COMMAND --help`.

extension HelpTests {
    /// By subcommand; the empty one is `weft` itself.
    static let texts = [
        "": """
        OVERVIEW: Draws pictures with autoregressive image-token models.

        USAGE: weft <subcommand>

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.

        SUBCOMMANDS:
          generate                Draws pictures of a prompt.
          encode                  Turns pictures into visual tokens.
          decode                  Turns visual tokens into pictures.
          plan                    Prints the memory that drawing takes, before anything
                                  is loaded.
          models                  Lists the models that come with weft, or says what a
                                  folder is or lacks.
          convert                 Writes a model's folder anew: safetensors that load
                                  by mapping, in a smaller type.
          inspect                 Prints a picture's metadata, a checkpoint's tensors
                                  and config, or a tokens file.

          See 'weft help <subcommand>' for detailed help.

        """,
        "generate": """
        OVERVIEW: Draws pictures of a prompt.

        USAGE: weft generate [<options>] [<prompt>]

        ARGUMENTS:
          <prompt>                What to draw. Text in double quotation marks is
                                  spelled letter by letter.

        OPTIONS:
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          --size <WxH>            Pixels; an impossible size is an error that names the
                                  nearest.
          -W, --width <width>     Pixels from left to right.
          -H, --height <height>   Pixels from top to bottom.
          --quality <quality>     The token budget. (values: low, medium, high)
          --temperature <temperature>
                                  Divisor of the logits; 0 always takes the most likely
                                  token.
          --top-k <top-k>         Keeps the K most likely tokens; 0 is off.
          --top-p <top-p>         Keeps the most likely tokens that make up this
                                  probability; 1 is off.
          --min-p <min-p>         Keeps tokens with at least this share of the greatest
                                  probability; 0 is off.
          --guidance-scale, --cfg-scale <guidance-scale>
                                  Classifier-free guidance; 1 is off.
          -t, --threads <threads> Threads; the picture does not depend on it. (default:
                                  all cores)
          -o, --output <output>   A picture (.png); with several, a folder or a
                                  template with {id} {index} {seed} {size}.
          -s, --seed <seed>       The picture's seed. (default: random, and printed)
          --count <count>         How many pictures; picture i has the seed plus i.
                                  (default: 1)
          --batch-size <batch-size>
                                  How many pictures are drawn at a time; the pictures
                                  do not depend on it. (default: 16)
          --negative-prompt <negative-prompt>
                                  What to steer away from.
          --prompt-tokens <ids>   Raw ids of the text vocabulary instead of a prompt.
          --negative-prompt-tokens <ids>
                                  Raw ids instead of a negative prompt.
          --class <class>         The number of a class instead of a prompt, for
                                  class-conditional models.
          --prompt-features <file>
                                  Features of a caption instead of a prompt:
                                  little-endian float32, n x caption width, valid rows
                                  only.
          --tokens-out <file.json>
                                  Also writes the visual tokens.
          --logits-out <file>     Also writes the logits before guidance of a single
                                  picture: float32 [step, row, code].
          --progress <progress>   How progress is shown, on stderr. (values: auto, bar,
                                  plain, json, none; default: auto)
          --preview <rows=N>      Writes the growing picture every N rows of tokens.
          --no-metadata           Writes no text chunks into the PNG files.
          --print-config          Prints every setting and where its value came from,
                                  and stops.
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "encode": """
        OVERVIEW: Turns pictures into visual tokens.

        USAGE: weft encode <pictures> ... [--model <model>] [--threads <threads>] [--output <output>]

        ARGUMENTS:
          <pictures>              PNG files.

        OPTIONS:
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          -t, --threads <threads> Threads; the picture does not depend on it. (default:
                                  all cores)
          -o, --output <output>   The tokens file; - is stdout. (default: -)
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "decode": """
        OVERVIEW: Turns visual tokens into pictures.

        USAGE: weft decode <tokens> [--model <model>] [--threads <threads>] --output <output>

        ARGUMENTS:
          <tokens>                A tokens file.

        OPTIONS:
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          -t, --threads <threads> Threads; the picture does not depend on it. (default:
                                  all cores)
          -o, --output <output>   A picture (.png); with several, a folder or a
                                  template with {index}.
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "plan": """
        OVERVIEW: Prints the memory that drawing takes, before anything is loaded.

        USAGE: weft plan [--model <model>] [--size <WxH>] [--width <width>] [--height <height>] [--quality <quality>] [--batch-size <batch-size>] [--guidance-scale <guidance-scale>]

        OPTIONS:
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          --size <WxH>            Pixels; an impossible size is an error that names the
                                  nearest.
          -W, --width <width>     Pixels from left to right.
          -H, --height <height>   Pixels from top to bottom.
          --quality <quality>     The token budget. (values: low, medium, high)
          --batch-size <batch-size>
                                  How many pictures are drawn at a time. (default: 1)
          --guidance-scale <guidance-scale>
                                  Classifier-free guidance; 1 is off and takes half the
                                  rows.
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "models": """
        OVERVIEW: Lists the models that come with weft, or says what a folder is or
        lacks.

        USAGE: weft models [<models> ...]

        ARGUMENTS:
          <models>                Model folders or weights files, or org/name in the
                                  hub's cache.

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "convert": """
        OVERVIEW: Writes a model's folder anew: safetensors that load by mapping, in a
        smaller type.

        USAGE: weft convert <model> --output <output> [--dtype <dtype>]

        ARGUMENTS:
          <model>                 Model folder or weights file, or org/name in the
                                  hub's cache.

        OPTIONS:
          -o, --output <output>   The folder to write; it must not exist, or be empty.
          --dtype <dtype>         The type of the weights. (values: bf16, f16, f32;
                                  default: bf16)
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "inspect": """
        OVERVIEW: Prints a picture's metadata, a checkpoint's tensors and config, or a
        tokens file.

        USAGE: weft inspect <file>

        ARGUMENTS:
          <file>                  A .png, .safetensors, .pt or .json file, or a model's
                                  folder.

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.


        """,
    ]
}
