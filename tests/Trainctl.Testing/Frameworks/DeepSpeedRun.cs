using System.Globalization;
using System.Text;

namespace Trainctl.Testing.Frameworks;

/// <summary>
/// Writes what DeepSpeed writes. All classes of this folder have one shape: <c>Checkpoint(path, ...)</c> yields the keys and contents of one whole
/// checkpoint, in the order in which its framework writes them, for any store; a pointer is one more such pair. Tests break what they need broken.
/// </summary>
public static class DeepSpeedRun
{
    /// <summary>ZeRO stage 1 or 2 of so many data-parallel and model-parallel ranks.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string path, int data = 2, int models = 1, bool bf16 = false)
    {
        for (var model = 0; model < models; model++)
            yield return (Name(path, $"mp_rank_{model:D2}_model_states.pt"), ModelFile.Zip());
        for (var rank = 0; rank < data; rank++)
        {
            for (var model = 0; model < models; model++)
                yield return (Name(path, $"{(bf16 ? "bf16_" : "")}zero_pp_rank_{rank}_mp_rank_{model:D2}_optim_states.pt"), ModelFile.Zip());
        }
    }

    /// <summary>ZeRO stage 3, where each data-parallel rank has its part of the model too.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Stage3(string path, int data = 2)
    {
        for (var rank = 0; rank < data; rank++)
        {
            yield return (Name(path, $"zero_pp_rank_{rank}_mp_rank_00_model_states.pt"), ModelFile.Zip());
            yield return (Name(path, $"zero_pp_rank_{rank}_mp_rank_00_optim_states.pt"), ModelFile.Zip());
        }
    }

    /// <summary>A pipeline of layers, each in slices; layers without weights have no file.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Pipeline(string path, int slices = 2, params IReadOnlyList<int> layers)
    {
        foreach (var layer in layers)
        {
            for (var slice = 0; slice < slices; slice++)
                yield return (Name(path, $"layer_{layer:D2}-model_{slice:D2}-model_states.pt"), ModelFile.Zip());
        }

        foreach (var file in Checkpoint(path, data: 1, models: 2))
            yield return file;
    }

    /// <summary>A mixture of experts.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Experts(string path, int experts = 2)
    {
        for (var expert = 0; expert < experts; expert++)
        {
            yield return (Name(path, $"layer_0_expert_{expert}_mp_rank_00_model_states.pt"), ModelFile.Zip());
            yield return (Name(path, $"expp_rank_{expert}_mp_rank_00_optim_states.pt"), ModelFile.Zip());
        }

        yield return (Name(path, $"mp_rank_00_model_states.pt"), ModelFile.Zip());
    }

    /// <summary>A checkpoint of Lightning, with the text that names the tag in it.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Lightning(string path, int data = 2) =>
        [.. Stage3(path + "/checkpoint", data), Latest(path + "/latest", "checkpoint")];

    /// <summary>The text that names a tag, which stands beside the tags.</summary>
    public static (string Key, byte[] Content) Latest(string key, string tag) => (key, Encoding.UTF8.GetBytes(tag));

    private static string Name(string path, FormattableString name) => $"{path}/{name.ToString(CultureInfo.InvariantCulture)}";
}
