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
          generate                Draws pictures of a prompt, or of a file of prompts.
          expand                  Writes a prompt file of all prompts that templates
                                  make.
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
          jobs                    Looks after the folders of jobs of many pictures.
          budget                  Draws prompts with every combination of settings, and
                                  reports what a token buys.
          evaluate                Draws a suite of prompts at every size, and counts
                                  the pictures that show what they should.
          compare                 Measures what other types of weights, keys and values
                                  change in a model's logits and tokens.
          grid                    Puts pictures with labels into one picture.
          bench                   Measures a model, or a shape with random weights, on
                                  this machine.

          See 'weft help <subcommand>' for detailed help.

        """,
        "generate": """
        OVERVIEW: Draws pictures of a prompt, or of a file of prompts.

        USAGE: weft generate [<options>] [<prompt>]

        ARGUMENTS:
          <prompt>                What to draw. Text in double quotation marks is
                                  spelled letter by letter.

        OPTIONS:
          --prompts <file>        A prompt file (.txt, .jsonl, .csv) that is drawn into
                                  the folder --output; the same command continues.
          --from-image <file.png> Repeats a picture that weft drew; other flags change
                                  it.
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          --weights <type>        Type of the layers' weights in memory. (default: as
                                  stored) (values: q8, q4, bf16, f16, f32)
          --cache <type>          Type of keys and values in memory. (default: f32
                                  beside float32 weights, else bf16) (values: f32,
                                  bf16, q8)
          --size <WxH>            Pixels; an impossible size is an error that names the
                                  nearest.
          -W, --width <width>     Pixels from left to right.
          -H, --height <height>   Pixels from top to bottom.
          --quality <quality>     The token budget. (values: low, medium, high)
          --tokens <tokens>       Stops after N tokens; the rest of the grid is filled.
                                  (default: the whole grid)
          --fill <fill>           What stands in the rest of the grid after --tokens.
                                  (default: likely) (values: likely, mean, draft)
          --temperature <temperature>
                                  Divisor of the logits; 0 always takes the most likely
                                  token.
          --temperature-by-row <t,t,...>
                                  Temperatures from the top row to the bottom row,
                                  spread evenly, instead of one.
          --top-k <top-k>         Keeps the K most likely tokens; 0 is off.
          --top-p <top-p>         Keeps the most likely tokens that make up this
                                  probability; 1 is off.
          --min-p <min-p>         Keeps tokens with at least this share of the greatest
                                  probability; 0 is off.
          --alike-min-p <alike-min-p>
                                  The same for the sums of tokens that look alike, as
                                  the tones of a background do; 0 is off.
          --typical-p <typical-p> Keeps the most typical tokens that make up this
                                  probability; 1 is off.
          --epsilon-cutoff <epsilon-cutoff>
                                  Keeps tokens with at least this probability; 0 is off.
          --eta-cutoff <eta-cutoff>
                                  Keeps tokens above a probability that falls with the
                                  entropy; 0 is off.
          --top-n-sigma <top-n-sigma>
                                  Keeps logits within this many standard deviations of
                                  the greatest; 0 is off.
          --repetition-penalty <repetition-penalty>
                                  Divides the logits of tokens that stand nearby; 1 is
                                  off.
          --repetition-window <repetition-window>
                                  How many rows and columns away a token counts as
                                  nearby.
          --guidance-scale, --cfg-scale <guidance-scale>
                                  Classifier-free guidance; 1 is off.
          --guidance-schedule <guidance-schedule>
                                  How guidance moves over the picture, from
                                  --guidance-start to --guidance-scale. (values:
                                  constant, linear, cosine)
          --guidance-start <guidance-start>
                                  The guidance scale of the first token, under a
                                  schedule.
          --guidance-interval <first-last>
                                  The tokens that are guided, counted from 0.
          --decode <decode>       Whether a pass through the model brings one token, or
                                  as many of its drafts as stay (jacobi). (values:
                                  sequential, jacobi)
          --window <window>       How many tokens a pass brings at most, with --decode
                                  jacobi: 2 to 64.
          --best-of <best-of>     How many candidates of a picture are drawn, to keep
                                  the one that fits the prompt best: 1 to 64; 1 is off.
          -t, --threads <threads> Threads; the picture does not depend on it. (default:
                                  all cores)
          --shard <I/N>           Takes the rows r with r mod N = I.
          --verify                Checks the SHA-256 of all pictures that are there
                                  already.
          --keep-failed           Leaves rows alone that failed before.
          -o, --output <output>   A picture (.png); with several, a folder or a
                                  template with {id} {index} {seed} {size}.
          -s, --seed <seed>       The picture's seed. (default: random, and printed;
                                  with --prompts 0, from which seeds of rows are
                                  derived)
          --count <count>         How many pictures; picture i has the seed plus i.
                                  (default: 1)
          --batch-size <batch-size>
                                  How many pictures are drawn at a time; the pictures
                                  do not depend on it. (default: as memory allows)
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
                                  Also writes the visual tokens; with --prompts, a file
                                  for each picture into a folder.
          --trace <file.jsonl>    Also writes each token's probability, entropy and
                                  rank; with --prompts, a file for each picture into a
                                  folder.
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
        "expand": """
        OVERVIEW: Writes a prompt file of all prompts that templates make.

        {a|b} is each in turn, {2$$a|b|c} two of them in each order, __name__ each line
        of wildcards/name.txt; a \\ before a character takes it as it stands.

        USAGE: weft expand <templates> --output <file.jsonl> [--wildcards <folder>] [--random <n>] [--seed <seed>]

        ARGUMENTS:
          <templates>             A prompt file (.txt, .jsonl, .csv) of templates.

        OPTIONS:
          -o, --output <file.jsonl>
                                  The prompt file to write.
          --wildcards <folder>    Where the files of wildcards are. (default: wildcards
                                  beside the templates)
          --random <n>            Draws so many rows of each template instead of all
                                  combinations.
          -s, --seed <seed>       The key of the draws of --random. (default: 0)
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "encode": """
        OVERVIEW: Turns pictures into visual tokens.

        USAGE: weft encode <pictures> ... [--model <model>] [--weights <type>] [--threads <threads>] [--quality <quality>] [--output <output>]

        ARGUMENTS:
          <pictures>              PNG files.

        OPTIONS:
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          --weights <type>        Type of the layers' weights in memory. (default: as
                                  stored) (values: q8, q4, bf16, f16, f32)
          -t, --threads <threads> Threads; the picture does not depend on it. (default:
                                  all cores)
          --quality <quality>     The token budget, where the model has several for the
                                  pictures' size. (default: the first) (values: low,
                                  medium, high)
          -o, --output <output>   The tokens file; - is stdout. (default: -)
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "decode": """
        OVERVIEW: Turns visual tokens into pictures.

        USAGE: weft decode <tokens> [--model <model>] [--weights <type>] [--threads <threads>] --output <output>

        ARGUMENTS:
          <tokens>                A tokens file.

        OPTIONS:
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          --weights <type>        Type of the layers' weights in memory. (default: as
                                  stored) (values: q8, q4, bf16, f16, f32)
          -t, --threads <threads> Threads; the picture does not depend on it. (default:
                                  all cores)
          -o, --output <output>   A picture (.png); with several, a folder or a
                                  template with {index}.
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "plan": """
        OVERVIEW: Prints the memory that drawing takes, before anything is loaded.

        USAGE: weft plan [--model <model>] [--weights <type>] [--cache <type>] [--size <WxH>] [--width <width>] [--height <height>] [--quality <quality>] [--batch-size <batch-size>] [--guidance-scale <guidance-scale>] [--window <window>] [--best-of <best-of>]

        OPTIONS:
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          --weights <type>        Type of the layers' weights in memory. (default: as
                                  stored) (values: q8, q4, bf16, f16, f32)
          --cache <type>          Type of keys and values in memory. (default: f32
                                  beside float32 weights, else bf16) (values: f32,
                                  bf16, q8)
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
          --window <window>       How many tokens a pass brings a picture at most: 1
                                  without drafts, 2 to 64 with --decode jacobi.
          --best-of <best-of>     How many candidates of a picture are drawn: 1 to 64.
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
          --dtype <dtype>         The type of the weights; q8 and q4 are for the
                                  layers' matrices and, at 8 bits, the head; all else
                                  stays as it is. (values: q8, q4, bf16, f16, f32;
                                  default: bf16)
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "inspect": """
        OVERVIEW: Prints a picture's metadata, a checkpoint's tensors and config, or a
        tokens file.

        USAGE: weft inspect <file> [--heatmap <measure>] [--trace <file.jsonl>] [--output <file.png>]

        ARGUMENTS:
          <file>                  A .png, .safetensors, .pt or .json file, or a model's
                                  folder.

        OPTIONS:
          --heatmap <measure>     Draws a number of each token over the picture:
                                  log-probability, entropy, rank,
                                  model-log-probability, model-entropy. (values:
                                  log-probability, entropy, rank,
                                  model-log-probability, model-entropy)
          --trace <file.jsonl>    The trace of the picture, for --heatmap.
          -o, --output <file.png> The picture with the heat map, for --heatmap.
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "jobs": """
        OVERVIEW: Looks after the folders of jobs of many pictures.

        USAGE: weft jobs <subcommand>

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.

        SUBCOMMANDS:
          status                  Prints what is done, failed, missing and damaged,
                                  also while the job runs.
          merge                   Puts the results of all shards into results.jsonl, in
                                  the order of the job.

          See 'weft help jobs <subcommand>' for detailed help.

        """,
        "jobs status": """
        OVERVIEW: Prints what is done, failed, missing and damaged, also while the job
        runs.

        The exit code is 0 if all pictures are done, 3 if all are done but some that
        failed for good, and 1 if some are missing or damaged.

        USAGE: weft jobs status <folder> [--format <format>] [--verify]

        ARGUMENTS:
          <folder>                The job's folder.

        OPTIONS:
          --format <format>       How it is printed. (values: plain, json; default:
                                  plain)
          --verify                Compares the SHA-256 of every picture with the
                                  results.
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "jobs merge": """
        OVERVIEW: Puts the results of all shards into results.jsonl, in the order of
        the job.

        What it prints, and the exit code, are those of weft jobs status.

        USAGE: weft jobs merge <folder>

        ARGUMENTS:
          <folder>                The job's folder; no program may be drawing the job.

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "budget": """
        OVERVIEW: Draws prompts with every combination of settings, and reports what a
        token buys.

        The folder is a job: the same command continues, and --shard shares the work.
        When all pictures are there, it holds table.md, table.csv, table.jsonl,
        report.html and sheet.png. Values of axes are written as 1,2,8, first-last,
        first-last+step or first-last*factor.

        USAGE: weft budget [<options>] --prompts <file> --output <output>

        OPTIONS:
          --prompts <file>        The prompts: .txt, .jsonl or .csv.
          --axis <key=values>     A setting and its values; the first one varies
                                  slowest: size, quality, tokens, fill, or a sampling
                                  setting.
          --seeds <values>        The seeds of every prompt, as in 1-4. (default: 1)
          -o, --output <output>   The folder of the experiment.
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          --weights <type>        Type of the layers' weights in memory. (default: as
                                  stored) (values: q8, q4, bf16, f16, f32)
          --cache <type>          Type of keys and values in memory. (default: f32
                                  beside float32 weights, else bf16) (values: f32,
                                  bf16, q8)
          --size <WxH>            Pixels; an impossible size is an error that names the
                                  nearest.
          -W, --width <width>     Pixels from left to right.
          -H, --height <height>   Pixels from top to bottom.
          --quality <quality>     The token budget. (values: low, medium, high)
          --tokens <tokens>       Stops after N tokens; the rest of the grid is filled.
                                  (default: the whole grid)
          --fill <fill>           What stands in the rest of the grid after --tokens.
                                  (default: likely) (values: likely, mean, draft)
          --temperature <temperature>
                                  Divisor of the logits; 0 always takes the most likely
                                  token.
          --temperature-by-row <t,t,...>
                                  Temperatures from the top row to the bottom row,
                                  spread evenly, instead of one.
          --top-k <top-k>         Keeps the K most likely tokens; 0 is off.
          --top-p <top-p>         Keeps the most likely tokens that make up this
                                  probability; 1 is off.
          --min-p <min-p>         Keeps tokens with at least this share of the greatest
                                  probability; 0 is off.
          --alike-min-p <alike-min-p>
                                  The same for the sums of tokens that look alike, as
                                  the tones of a background do; 0 is off.
          --typical-p <typical-p> Keeps the most typical tokens that make up this
                                  probability; 1 is off.
          --epsilon-cutoff <epsilon-cutoff>
                                  Keeps tokens with at least this probability; 0 is off.
          --eta-cutoff <eta-cutoff>
                                  Keeps tokens above a probability that falls with the
                                  entropy; 0 is off.
          --top-n-sigma <top-n-sigma>
                                  Keeps logits within this many standard deviations of
                                  the greatest; 0 is off.
          --repetition-penalty <repetition-penalty>
                                  Divides the logits of tokens that stand nearby; 1 is
                                  off.
          --repetition-window <repetition-window>
                                  How many rows and columns away a token counts as
                                  nearby.
          --guidance-scale, --cfg-scale <guidance-scale>
                                  Classifier-free guidance; 1 is off.
          --guidance-schedule <guidance-schedule>
                                  How guidance moves over the picture, from
                                  --guidance-start to --guidance-scale. (values:
                                  constant, linear, cosine)
          --guidance-start <guidance-start>
                                  The guidance scale of the first token, under a
                                  schedule.
          --guidance-interval <first-last>
                                  The tokens that are guided, counted from 0.
          --decode <decode>       Whether a pass through the model brings one token, or
                                  as many of its drafts as stay (jacobi). (values:
                                  sequential, jacobi)
          --window <window>       How many tokens a pass brings at most, with --decode
                                  jacobi: 2 to 64.
          --best-of <best-of>     How many candidates of a picture are drawn, to keep
                                  the one that fits the prompt best: 1 to 64; 1 is off.
          -t, --threads <threads> Threads; the picture does not depend on it. (default:
                                  all cores)
          --shard <I/N>           Takes the rows r with r mod N = I.
          --verify                Checks the SHA-256 of all pictures that are there
                                  already.
          --keep-failed           Leaves rows alone that failed before.
          --batch-size <batch-size>
                                  How many pictures are drawn at a time; seconds are
                                  then those of all of them. (default: 1)
          --faithfulness          Checks whether pictures show what their prompts say,
                                  with the project's checker (Python).
          --checker <program>     A checker of your own: gets results.jsonl, prints a
                                  line {"id", "faithful"} for each picture.
          --references <folder>   PNG files that the image tokenizer is measured with.
                                  (default: the experiment's own pictures)
          -f, --format <format>   How the table is printed. (values: md, csv, jsonl;
                                  default: md)
          --progress <progress>   How progress is shown, on stderr. (values: auto, bar,
                                  plain, json, none; default: auto)
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "evaluate": """
        OVERVIEW: Draws a suite of prompts at every size, and counts the pictures that
        show what they should.

        The folder holds a job for each size: the same command continues. The suite of
        the embedded model and its checker are the project's Python programs, which
        install what they need. At the end the folder has table.md, table.csv and
        table.jsonl, and each size's verdicts.jsonl says what was wrong with a picture.

        USAGE: weft evaluate [<options>] --output <output>

        OPTIONS:
          -o, --output <output>   The folder of the evaluation.
          --count <count>         Prompts of each category. (default: 40)
          --suite <file>          Prompts of your own with facts; an id up to its last
                                  hyphen is the category.
          --checker <program>     A checker of your own: gets results.jsonl, prints a
                                  line {"id", "faithful"} for each picture.
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          --weights <type>        Type of the layers' weights in memory. (default: as
                                  stored) (values: q8, q4, bf16, f16, f32)
          --cache <type>          Type of keys and values in memory. (default: f32
                                  beside float32 weights, else bf16) (values: f32,
                                  bf16, q8)
          --size <WxH>            Pixels; an impossible size is an error that names the
                                  nearest.
          -W, --width <width>     Pixels from left to right.
          -H, --height <height>   Pixels from top to bottom.
          --quality <quality>     The token budget. (values: low, medium, high)
          --temperature <temperature>
                                  Divisor of the logits; 0 always takes the most likely
                                  token.
          --temperature-by-row <t,t,...>
                                  Temperatures from the top row to the bottom row,
                                  spread evenly, instead of one.
          --top-k <top-k>         Keeps the K most likely tokens; 0 is off.
          --top-p <top-p>         Keeps the most likely tokens that make up this
                                  probability; 1 is off.
          --min-p <min-p>         Keeps tokens with at least this share of the greatest
                                  probability; 0 is off.
          --alike-min-p <alike-min-p>
                                  The same for the sums of tokens that look alike, as
                                  the tones of a background do; 0 is off.
          --typical-p <typical-p> Keeps the most typical tokens that make up this
                                  probability; 1 is off.
          --epsilon-cutoff <epsilon-cutoff>
                                  Keeps tokens with at least this probability; 0 is off.
          --eta-cutoff <eta-cutoff>
                                  Keeps tokens above a probability that falls with the
                                  entropy; 0 is off.
          --top-n-sigma <top-n-sigma>
                                  Keeps logits within this many standard deviations of
                                  the greatest; 0 is off.
          --repetition-penalty <repetition-penalty>
                                  Divides the logits of tokens that stand nearby; 1 is
                                  off.
          --repetition-window <repetition-window>
                                  How many rows and columns away a token counts as
                                  nearby.
          --guidance-scale, --cfg-scale <guidance-scale>
                                  Classifier-free guidance; 1 is off.
          --guidance-schedule <guidance-schedule>
                                  How guidance moves over the picture, from
                                  --guidance-start to --guidance-scale. (values:
                                  constant, linear, cosine)
          --guidance-start <guidance-start>
                                  The guidance scale of the first token, under a
                                  schedule.
          --guidance-interval <first-last>
                                  The tokens that are guided, counted from 0.
          --decode <decode>       Whether a pass through the model brings one token, or
                                  as many of its drafts as stay (jacobi). (values:
                                  sequential, jacobi)
          --window <window>       How many tokens a pass brings at most, with --decode
                                  jacobi: 2 to 64.
          --best-of <best-of>     How many candidates of a picture are drawn, to keep
                                  the one that fits the prompt best: 1 to 64; 1 is off.
          -t, --threads <threads> Threads; the picture does not depend on it. (default:
                                  all cores)
          --batch-size <batch-size>
                                  How many pictures are drawn at a time.
          -f, --format <format>   How the table is printed. (values: md, csv, jsonl;
                                  default: md)
          --progress <progress>   How progress is shown, on stderr. (values: auto, bar,
                                  plain, json, none; default: auto)
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "compare": """
        OVERVIEW: Measures what other types of weights, keys and values change in a
        model's logits and tokens.

        Against float32 numbers: the error of logits that follow the same tokens, how
        often the greatest logit is the same, and how many tokens of a picture that is
        drawn greedily are.

        USAGE: weft compare --prompts <file> [--model <model>] [--count <count>] [--size <WxH>] [--width <width>] [--height <height>] [--quality <quality>] [--threads <threads>]

        OPTIONS:
          --prompts <file>        A prompt file (.txt, .jsonl, .csv).
          -m, --model <model>     The model, as for generate. (default: weft-mini)
          --count <count>         How many prompts are drawn: the first ones. (default:
                                  8)
          --size <WxH>            Pixels; an impossible size is an error that names the
                                  nearest.
          -W, --width <width>     Pixels from left to right.
          -H, --height <height>   Pixels from top to bottom.
          --quality <quality>     The token budget. (values: low, medium, high)
          -t, --threads <threads> Threads; the picture does not depend on it. (default:
                                  all cores)
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "grid": """
        OVERVIEW: Puts pictures with labels into one picture.

        Without --x and --y, pictures stand in the order given. With them, each stands
        where its metadata says: weft grid *.png --x seed --y prompt -o sheet.png.
        Several --x or --y are nested, the first outermost.

        USAGE: weft grid <pictures> ... --output <file.png> [--columns <columns>] [--labels <field,...>] [--x <field> ...] [--y <field> ...] [--column-titles <text,...> ...] [--row-titles <text,...> ...] [--title <text>] [--scale <scale>] [--font-size <font-size>] [--font <file>]

        ARGUMENTS:
          <pictures>              PNG files.

        OPTIONS:
          -o, --output <file.png> The sheet.
          --columns <columns>     Pictures in a row. (default: about as many as rows)
          --labels <field,...>    What stands under pictures: none, or some of names,
                                  prompt, seed, size, tokens, sampler, guidance, model.
                                  (default: names; with --x or --y none)
          --x <field>             Columns by a field, in the manner of --labels.
                                  (values: names, prompt, seed, size, tokens, sampler,
                                  guidance, model)
          --y <field>             Rows by a field. (values: names, prompt, seed, size,
                                  tokens, sampler, guidance, model)
          --column-titles <text,...>
                                  Titles of columns; several are nested, the first
                                  outermost.
          --row-titles <text,...> Titles of rows.
          --title <text>          What stands above all.
          --scale <scale>         How many pixels wide and high each pixel of the
                                  pictures becomes. (default: 1)
          --font-size <font-size> The size of the labels in pixels, 8 to 96. (default:
                                  13)
          --font <file>           A TrueType or OpenType font. (default: DejaVu Sans)
          --version               Show the version.
          -h, --help              Show help information.


        """,
        "bench": """
        OVERVIEW: Measures a model, or a shape with random weights, on this machine.

        Phases: prefill reads prompts, decode draws one token a row and step without
        sampling, detokenize makes pixels, picture is all of it. With --guidance-scale
        other than 1 a picture has two rows. Seconds are those of one prefill, one
        step, or one picture. Lines come as they are measured; what is done when a
        signal comes is kept.

        USAGE: weft bench <options>

        OPTIONS:
          -m, --model <model>     Model folder or weights file, a model in Models, or
                                  org/name in the hub's cache. (default: weft-mini)
          --shape <name>          Random weights in place of a model's: llamagen-b,
                                  llamagen-l, llamagen-xl, llamagen-xxl, llamagen-3b,
                                  janus-pro-1b, janus-pro-7b, emu3, weft-mini, or a
                                  folder with a config.json.
          --weights <types>       Types of the weights: q8, q4, bf16, f16, f32.
                                  (default: as stored; bf16 for a shape)
          --cache <type>          Type of keys and values in memory. (default: f32
                                  beside float32 weights, else bf16) (values: f32,
                                  bf16, q8)
          --phase <phases>        What is measured: prefill, decode, detokenize,
                                  picture. (default: all)
          --batch <counts>        Rows of prefill and decode, pictures of the other
                                  phases, as in 1,2,8. (default: 1)
          --context <counts>      Tokens in the cache when decode begins, as in 0,256.
                                  (default: 0)
          --prompt-tokens <prompt-tokens>
                                  Tokens of a prompt. (default: 64)
          --steps <steps>         Steps of one repetition of decode. (default: 16)
          -r, --repetitions <repetitions>
                                  How often each is measured, after one warm-up.
                                  (default: 5)
          --no-warmup             Leaves the warm-ups out.
          --size <WxH>            Pixels; an impossible size is an error that names the
                                  nearest.
          -W, --width <width>     Pixels from left to right.
          -H, --height <height>   Pixels from top to bottom.
          --quality <quality>     The token budget. (values: low, medium, high)
          --guidance-scale <guidance-scale>
                                  Classifier-free guidance of pictures; 1 is off.
                                  (default: the model's)
          -t, --threads <threads> Threads; the picture does not depend on it. (default:
                                  all cores)
          -f, --format <format>   How the table is written. (values: md, csv, jsonl;
                                  default: md)
          -o, --output <file>     Where it is written. (default: stdout)
          --version               Show the version.
          -h, --help              Show help information.


        """,
    ]
}
