#!/usr/bin/env dotnet
// Trains a small neural network to read handwritten digits. After every epoch it saves a checkpoint in the layout of
// Hugging Face's Trainer; started again, it goes on from the newest complete one. See: dotnet run --file train.cs -- --help
#:property Optimize=true
#:property PublishAot=false
// Numbers are printed and read the same way in every country.
#:property InvariantGlobalization=true

using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    if (Options.Parse(args) is { } options)
        return Train(options, stop.Token);
    Console.WriteLine(Options.Help);
    return 0;
}
catch (Exception e) when (e is TrainingException or OperationCanceledException or IOException or UnauthorizedAccessException)
{
    var (message, exitCode) = e switch
    {
        OperationCanceledException => ("interrupted; the same command goes on from the newest complete checkpoint", 130),
        TrainingException known => (known.Message, known.ExitCode),
        _ => (e.Message, 1),
    };
    Console.Error.WriteLine($"train: {message}");
    return exitCode;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static int Train(Options options, CancellationToken stop)
{
    var (network, state) = Checkpoints.Restore(options) ?? (new Network(options.Hidden, options.Seed), null);
    if (state?.Epoch >= options.Epochs)
    {
        Console.WriteLine($"Training is already complete: {state.Folder(options)} is at epoch {state.Epoch}");
        return Conclude(state, options.TargetAccuracy);
    }

    var (training, heldOut) = Digits.Split(Digits.Load(options.DataPath), options.Seed);
    var stepsPerEpoch = (training.Length + options.BatchSize - 1) / options.BatchSize;
    if (state is not null && state.GlobalStep != state.Epoch * stepsPerEpoch)
        throw new TrainingException($"{state.Folder(options)} was trained on a data set of another size; choose another --output");

    Console.WriteLine(state is null
        ? $"Fresh run: {training.Length} samples, {heldOut.Length} held out, {options.Epochs} epochs of {stepsPerEpoch} steps"
        : $"Resumed from {state.Folder(options)}: epoch {state.Epoch} of {options.Epochs} is done");

    state ??= TrainerState.Start(options);
    while (state.Epoch < options.Epochs)
    {
        var epoch = (int)state.Epoch + 1;
        var loss = network.TrainEpoch(training, epoch, options, state.GlobalStep, stop);
        var (evalLoss, evalAccuracy) = network.Evaluate(heldOut);
        if (!double.IsFinite(loss + evalLoss))
            throw new TrainingException($"the loss is not a number any more in epoch {epoch}; try a smaller --learning-rate", exitCode: 1);
        state = state.After(epoch, stepsPerEpoch, loss, evalLoss, evalAccuracy, options);
        Checkpoints.Save(network, state, options);
        Console.WriteLine(
            $"epoch {epoch,2}  step {state.GlobalStep,4}  loss {loss:F4}  eval_loss {evalLoss:F4}  eval_accuracy {evalAccuracy:P2}");
    }
    return Conclude(state, options.TargetAccuracy);
}

static int Conclude(TrainerState state, double target)
{
    Console.WriteLine($"Best: {state.BestModelCheckpoint}  eval_loss {state.BestMetric:F4}  eval_accuracy {state.BestAccuracy:P2}");
    return state.BestAccuracy >= target
        ? 0
        : throw new TrainingException($"held-out accuracy {state.BestAccuracy:P2} is below the target {target:P2}", exitCode: 3);
}

internal sealed class TrainingException(string message, int exitCode = 2) : Exception(message)
{
    public int ExitCode => exitCode;
}

internal sealed record Options
{
    public const string Help = """
        Trains a digit classifier and saves a checkpoint after every epoch; goes on from the newest complete checkpoint.

        Usage: dotnet run --file train.cs -- [options]

          --data PATH           data set, or the folder it is in    [data/digits/digits.csv.gz]
          --output DIR          folder of the checkpoints           [checkpoints]
          --epochs N            passes over the training samples    [12]
          --batch-size N        samples per step                    [32]
          --learning-rate X     step size of Adam                   [0.004]
          --hidden N            units of the hidden layer           [128]
          --seed N              fixes split, weights and order      [1]
          --target-accuracy X   least held-out accuracy to accept   [0.95]
          --help                this text

        Exit codes: 0 done, 1 training or disk failed, 2 wrong options or data, 3 accuracy below target, 130 interrupted.
        """;

    private static readonly string[] Names =
        ["--data", "--output", "--epochs", "--batch-size", "--learning-rate", "--hidden", "--seed", "--target-accuracy", "--help"];

    public string DataPath { get; private init; } = "data/digits/digits.csv.gz";
    public string Output { get; private init; } = "checkpoints";
    public int Epochs { get; private init; } = 12;
    public int BatchSize { get; private init; } = 32;
    public double LearningRate { get; private init; } = 0.004;
    public int Hidden { get; private init; } = 128;
    public int Seed { get; private init; } = 1;
    public double TargetAccuracy { get; private init; } = 0.95;

    /// <returns>Null when help is asked for.</returns>
    public static Options? Parse(string[] args)
    {
        var options = new Options();
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (name is "--help" or "-h")
                return null;
            if (!Names.Contains(name))
                throw new TrainingException($"unknown option '{name}'; did you mean {Names.MaxBy(valid => Likeness(name, valid))}?");
            value ??= i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : "";
            options = value.Length > 0 ? options.With(name, value) : throw new TrainingException($"option {name} needs a value");
        }
        return options;
    }

    private Options With(string name, string value) => name switch
    {
        "--data" => this with { DataPath = value },
        "--output" => this with { Output = Path.TrimEndingDirectorySeparator(value) },
        "--epochs" => this with { Epochs = Whole(name, value, 1, 100_000) },
        "--batch-size" => this with { BatchSize = Whole(name, value, 1, 100_000) },
        "--learning-rate" => this with { LearningRate = Fraction(name, value) },
        "--hidden" => this with { Hidden = Whole(name, value, 1, 10_000) },
        "--seed" => this with { Seed = Whole(name, value, 0, 1_000_000_000) },
        _ => this with { TargetAccuracy = Fraction(name, value) },
    };

    private static int Whole(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw new TrainingException($"option {name}: '{value}' is not a whole number from {least} to {most}");

    private static double Fraction(string name, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1
            ? number
            : throw new TrainingException($"option {name}: '{value}' is not a number from 0 to 1");

    /// <summary>Dice coefficient: the share of letter pairs two names have in common.</summary>
    private static double Likeness(string a, string b) => 2.0 * a.Zip(a[1..]).Intersect(b.Zip(b[1..])).Count() / (a.Length + b.Length);
}

internal sealed record Sample(float[] Pixels, int Label);

internal static class Digits
{
    public const int Pixels = 64, Classes = 10;

    public static Sample[] Load(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "digits.csv.gz") : path;
        if (!File.Exists(file))
            throw new TrainingException($"no data set at {file}; name one with --data");
        try
        {
            using var stream = File.OpenRead(file);
            var packed = file.EndsWith(".gz", StringComparison.Ordinal);
            using var reader = new StreamReader(packed ? new GZipStream(stream, CompressionMode.Decompress) : stream);
            return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
        }
        catch (InvalidDataException e)
        {
            throw new TrainingException($"{file} is not a digits data set: {e.Message}");
        }
    }

    /// <summary>Holds out every fifth of the shuffled samples of each class, so that both parts have the same mix.</summary>
    public static (Sample[] Training, Sample[] HeldOut) Split(Sample[] samples, int seed)
    {
        new Random(seed).Shuffle(samples);
        var parts = samples.GroupBy(sample => sample.Label).SelectMany(group => group.Index()).ToLookup(place => place.Index % 5 == 4);
        return parts.Count == 2
            ? ([.. parts[false].Select(place => place.Item)], [.. parts[true].Select(place => place.Item)])
            : throw new TrainingException($"{samples.Length} samples are too few");
    }

    private static Sample Parse(string line, int index)
    {
        var fields = line.Split(',');
        var row = Array.ConvertAll(fields, field => int.TryParse(field, CultureInfo.InvariantCulture, out var number) ? number : -1);
        return row.Length == Pixels + 1 && row.All(number => number is >= 0 and <= 16) && row[^1] < Classes
            ? new Sample([.. row[..Pixels].Select(pixel => pixel / 16f)], row[^1])
            : throw new InvalidDataException($"line {index + 1} is not 64 pixels 0..16 and a label 0..9");
    }
}

/// <summary>64 pixels, one hidden ReLU layer, softmax over 10 classes. Weights are [out, in], as in PyTorch.</summary>
/// <remarks>Plain loops: vectors would make the order of additions, and so the last bits, depend on the processor.</remarks>
internal sealed class Network
{
    private readonly Parameter weight1, bias1, weight2, bias2;
    private readonly float[] hidden, hiddenGradient, output = new float[Digits.Classes];

    public Network(int units, int seed)
    {
        (hidden, hiddenGradient) = (new float[units], new float[units]);
        (weight1, bias1) = (new("fc1.weight", units, Digits.Pixels), new("fc1.bias", units));
        (weight2, bias2) = (new("fc2.weight", Digits.Classes, units), new("fc2.bias", Digits.Classes));
        Parameters = [weight1, bias1, weight2, bias2];
        var random = new Random(seed);
        foreach (var weight in new[] { weight1, weight2 })
            foreach (ref var value in weight.Values.AsSpan())
                value = (float)((random.NextDouble() * 2 - 1) * Math.Sqrt(6.0 / weight.Shape[1]));
    }

    public Parameter[] Parameters { get; }

    /// <returns>The mean loss.</returns>
    public double TrainEpoch(Sample[] samples, int epoch, Options options, int step, CancellationToken stop)
    {
        // The order depends on seed and epoch alone, so a resumed run sees the same batches as an uninterrupted one.
        var order = samples.ToArray();
        new Random(options.Seed + epoch).Shuffle(order);
        var loss = 0.0;
        foreach (var batch in order.Chunk(options.BatchSize))
        {
            stop.ThrowIfCancellationRequested();
            step++;
            foreach (var sample in batch)
                loss += Learn(sample);
            foreach (var parameter in Parameters)
                parameter.Update(batch.Length, options.LearningRate, step);
        }
        return loss / samples.Length;
    }

    public (double Loss, double Accuracy) Evaluate(Sample[] samples)
    {
        var (loss, correct) = (0.0, 0);
        foreach (var sample in samples)
        {
            loss += Forward(sample);
            correct += Array.IndexOf(output, output.Max()) == sample.Label ? 1 : 0;
        }
        return (loss / samples.Length, (double)correct / samples.Length);
    }

    /// <summary>Leaves the probabilities of the classes in the output and returns the cross entropy.</summary>
    private double Forward(Sample sample)
    {
        for (var i = 0; i < hidden.Length; i++)
            hidden[i] = Math.Max(0, bias1.Values[i] + Dot(Row(weight1.Values, i, Digits.Pixels), sample.Pixels));
        for (var i = 0; i < output.Length; i++)
            output[i] = bias2.Values[i] + Dot(Row(weight2.Values, i, hidden.Length), hidden);

        // Relative to the largest logit, because Exp overflows soon.
        var (largest, logit, sum) = (output.Max(), output[sample.Label], 0f);
        foreach (ref var value in output.AsSpan())
            sum += value = MathF.Exp(value - largest);
        foreach (ref var value in output.AsSpan())
            value /= sum;
        return Math.Log(sum) + largest - logit;
    }

    /// <summary>Adds the gradient of one sample and returns its loss.</summary>
    private double Learn(Sample sample)
    {
        var loss = Forward(sample);
        output[sample.Label] -= 1;
        Array.Clear(hiddenGradient);
        for (var i = 0; i < output.Length; i++)
        {
            bias2.Gradient[i] += output[i];
            AddScaled(Row(weight2.Gradient, i, hidden.Length), hidden, output[i]);
            AddScaled(hiddenGradient, Row(weight2.Values, i, hidden.Length), output[i]);
        }
        for (var i = 0; i < hidden.Length; i++)
        {
            if (hidden[i] <= 0)
                continue;
            bias1.Gradient[i] += hiddenGradient[i];
            AddScaled(Row(weight1.Gradient, i, Digits.Pixels), sample.Pixels, hiddenGradient[i]);
        }
        return loss;
    }

    private static Span<float> Row(float[] matrix, int row, int columns) => matrix.AsSpan(row * columns, columns);

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0f;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float factor)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] += source[i] * factor;
    }
}

/// <summary>A tensor of the network with its gradient and the two moments of Adam.</summary>
internal sealed class Parameter(string name, params int[] shape)
{
    private const float Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;

    private readonly int size = shape.Aggregate((product, length) => product * length);

    public string Name => name;
    public int[] Shape => shape;
    public float[] Values => field ??= new float[size];
    public float[] Gradient => field ??= new float[size];
    public float[] Moment1 => field ??= new float[size];
    public float[] Moment2 => field ??= new float[size];

    /// <summary>One step of Adam by the gradient summed over a batch, which it clears.</summary>
    public void Update(int batchLength, double learningRate, int step)
    {
        var rate = (float)(learningRate / (1 - Math.Pow(Beta1, step)));
        var correction = (float)(1 - Math.Pow(Beta2, step));
        var (values, gradients, moment1, moment2) = (Values, Gradient, Moment1, Moment2);
        for (var i = 0; i < values.Length; i++)
        {
            var gradient = gradients[i] / batchLength;
            moment1[i] = Beta1 * moment1[i] + (1 - Beta1) * gradient;
            moment2[i] = Beta2 * moment2[i] + (1 - Beta2) * gradient * gradient;
            values[i] -= rate * moment1[i] / (MathF.Sqrt(moment2[i] / correction) + Epsilon);
        }
        Array.Clear(gradients);
    }
}

internal static class Checkpoints
{
    private const string ModelFile = "model.safetensors", OptimizerFile = "optimizer.safetensors", StateFile = "trainer_state.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        WriteIndented = true,
    };

    public static (Network Network, TrainerState? State)? Restore(Options options)
    {
        if (!Directory.Exists(options.Output))
            return null;
        var steps = new DirectoryInfo(options.Output).EnumerateDirectories("checkpoint-*")
            .Select(folder => int.TryParse(folder.Name["checkpoint-".Length..], CultureInfo.InvariantCulture, out var step) ? step : 0);
        foreach (var step in steps.Where(step => step > 0).OrderDescending())
        {
            var folder = $"{options.Output}/checkpoint-{step}";
            try
            {
                return Read(folder, step, options);
            }
            catch (Exception e) when (e is JsonException or InvalidDataException or IOException)
            {
                Console.Error.WriteLine($"train: passing over {folder}: {(e is JsonException ? $"{StateFile} is not whole" : e.Message)}");
            }
        }
        return null;
    }

    public static void Save(Network network, TrainerState state, Options options)
    {
        var folder = state.Folder(options);
        Directory.CreateDirectory(folder);
        // The state marks a checkpoint as complete: when an older attempt is replaced its state goes first, the new one comes last.
        File.Delete(Path.Combine(folder, StateFile));
        Write(Path.Combine(folder, ModelFile), SafeTensors.Encode(Model(network)));
        Write(Path.Combine(folder, OptimizerFile), SafeTensors.Encode(Optimizer(network, [state.GlobalStep])));
        Write(Path.Combine(folder, StateFile), JsonSerializer.SerializeToUtf8Bytes(state, Json));
    }

    private static (Network, TrainerState?) Read(string folder, int step, Options options)
    {
        var state = JsonSerializer.Deserialize<TrainerState>(File.ReadAllBytes(Path.Combine(folder, StateFile)), Json);
        if (state?.GlobalStep != step || state.BestAccuracy is null)
            throw new InvalidDataException($"{StateFile} does not describe step {step}");
        state.RequireSettings(options);

        var (network, optimizerStep) = (new Network(options.Hidden, options.Seed), new long[1]);
        SafeTensors.Decode(Path.Combine(folder, ModelFile), Model(network));
        SafeTensors.Decode(Path.Combine(folder, OptimizerFile), Optimizer(network, optimizerStep));
        return optimizerStep[0] == step
            ? (network, state)
            : throw new InvalidDataException($"{OptimizerFile} is of step {optimizerStep[0]}");
    }

    private static Tensor[] Model(Network network) =>
        [.. network.Parameters.Select(item => new Tensor(item.Name, item.Shape, item.Values))];

    // The eight-byte step comes first, so that every tensor is aligned to its element size.
    private static Tensor[] Optimizer(Network network, long[] step) =>
    [
        new("step", [], step),
        .. network.Parameters.Select(item => new Tensor($"{item.Name}.exp_avg", item.Shape, item.Moment1)),
        .. network.Parameters.Select(item => new Tensor($"{item.Name}.exp_avg_sq", item.Shape, item.Moment2)),
    ];

    private static void Write(string path, byte[] content)
    {
        using (var stream = File.Create(path + ".tmp"))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        File.Move(path + ".tmp", path, overwrite: true);
    }
}

/// <summary>Values are a float[] or a long[]; an empty shape is a single number.</summary>
internal sealed record Tensor(string Name, int[] Shape, Array Values)
{
    public int Bytes => Buffer.ByteLength(Values);
}

/// <summary>The format of https://github.com/huggingface/safetensors: header length, JSON header, little-endian values.</summary>
internal static class SafeTensors
{
    public static byte[] Encode(Tensor[] tensors)
    {
        byte[] file = [.. Header(tensors), .. new byte[tensors.Sum(tensor => tensor.Bytes)]];
        var position = file.Length;
        foreach (var tensor in tensors.Reverse())
            Buffer.BlockCopy(tensor.Values, 0, file, position -= tensor.Bytes, tensor.Bytes);
        return file;
    }

    /// <summary>Fills the tensors from a file that <see cref="Encode"/> made of tensors with the same names and shapes.</summary>
    public static void Decode(string path, Tensor[] tensors)
    {
        var (file, header) = (File.ReadAllBytes(path), Header(tensors));
        var length = header.Length + tensors.Sum(tensor => tensor.Bytes);
        if (file.Length != length)
            throw new InvalidDataException($"{Path.GetFileName(path)} has {file.Length} bytes instead of {length}");
        if (!file.AsSpan().StartsWith(header))
            throw new InvalidDataException($"{Path.GetFileName(path)} has other tensors than this network");
        var position = file.Length;
        foreach (var tensor in tensors.Reverse())
            Buffer.BlockCopy(file, position -= tensor.Bytes, tensor.Values, 0, tensor.Bytes);
    }

    private static byte[] Header(Tensor[] tensors)
    {
        var (json, offset) = (new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } }, 0);
        foreach (var tensor in tensors)
            json[tensor.Name] = new JsonObject
            {
                ["dtype"] = tensor.Values is float[] ? "F32" : "I64",
                ["shape"] = new JsonArray([.. tensor.Shape]),
                ["data_offsets"] = new JsonArray(offset, offset += tensor.Bytes),
            };
        var text = json.ToJsonString();
        var header = Encoding.UTF8.GetBytes(text.PadRight((text.Length + 7) / 8 * 8));
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header];
    }
}

/// <summary>The trainer_state.json of Hugging Face's Trainer. The best checkpoint is the one with the lowest eval_loss.</summary>
/// <remarks>It carries the whole history, so the best result stays known after its checkpoint has been pruned.</remarks>
internal sealed record TrainerState
{
    public int? BestGlobalStep { get; init; }
    public double? BestMetric { get; init; }
    public string? BestModelCheckpoint { get; init; }
    public required double Epoch { get; init; }
    public int EvalSteps { get; init; }
    public required int GlobalStep { get; init; }
    public bool IsHyperParamSearch { get; init; }
    public bool IsLocalProcessZero { get; init; } = true;
    public bool IsWorldProcessZero { get; init; } = true;
    public required LogEntry[] LogHistory { get; init; }
    public int LoggingSteps { get; init; }
    public int MaxSteps { get; init; }
    public long NumInputTokensSeen { get; init; }
    public int NumTrainEpochs { get; init; }
    public int SaveSteps { get; init; }
    public double TotalFlos { get; init; }
    public required int TrainBatchSize { get; init; }
    public string? TrialName { get; init; }
    public required TrialParams TrialParams { get; init; }

    [JsonIgnore]
    public double? BestAccuracy => LogHistory.LastOrDefault(entry => entry?.Step == BestGlobalStep)?.EvalAccuracy;

    public static TrainerState Start(Options options) => new()
    {
        Epoch = 0,
        GlobalStep = 0,
        LogHistory = [],
        TrainBatchSize = options.BatchSize,
        TrialParams = new(options.Hidden, options.LearningRate, options.Seed),
    };

    public string Folder(Options options) => $"{options.Output}/checkpoint-{GlobalStep}";

    public TrainerState After(int epoch, int stepsPerEpoch, double loss, double evalLoss, double evalAccuracy, Options options)
    {
        var step = epoch * stepsPerEpoch;
        var next = this with
        {
            Epoch = epoch,
            EvalSteps = stepsPerEpoch,
            GlobalStep = step,
            LogHistory = [.. LogHistory, new(epoch, step, Loss: loss), new(epoch, step, EvalLoss: evalLoss, EvalAccuracy: evalAccuracy)],
            LoggingSteps = stepsPerEpoch,
            MaxSteps = options.Epochs * stepsPerEpoch,
            NumTrainEpochs = options.Epochs,
            SaveSteps = stepsPerEpoch,
        };
        return evalLoss >= BestMetric
            ? next
            : next with { BestGlobalStep = step, BestMetric = evalLoss, BestModelCheckpoint = next.Folder(options) };
    }

    /// <summary>Another seed would hold out samples that this run was trained on; the other settings would make it another run.</summary>
    public void RequireSettings(Options options)
    {
        var (batch, trial) = (TrainBatchSize, TrialParams);
        if ((batch, trial) != (options.BatchSize, Start(options).TrialParams))
            throw new TrainingException($"{Folder(options)} was trained with --batch-size {batch} --learning-rate {trial.LearningRate} "
                + $"--hidden {trial.Hidden} --seed {trial.Seed}; use these or another --output");
    }
}

internal sealed record TrialParams(int Hidden, double LearningRate, int Seed);

internal sealed record LogEntry(
    double Epoch,
    int Step,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Loss = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? EvalLoss = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? EvalAccuracy = null);
