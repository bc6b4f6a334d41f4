using System.Globalization;

namespace Trainctl.Testing.Frameworks;

/// <summary>Writes what <c>torch.distributed.checkpoint</c> writes, alone and under Lightning and Composer.</summary>
public static class DistributedRun
{
    /// <summary>So many ranks with so many files each. The last file of each rank but the first holds two tensors.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string path, int ranks = 2, int filesEach = 1)
    {
        var entries = new List<(string File, int Offset, int Length)>();
        for (var rank = 0; rank < ranks; rank++)
        {
            for (var number = 0; number < filesEach; number++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"__{rank}_{number}.distcp");
                var tensor = ModelFile.Zip();
                entries.Add((name, 0, tensor.Length));
                if (rank > 0)
                    entries.Add((name, tensor.Length, tensor.Length));
                yield return ($"{path}/{name}", rank > 0 ? [.. tensor, .. tensor] : tensor);
            }
        }

        yield return ($"{path}/.metadata", PickleFile.DistributedMetadata(entries));
    }

    /// <summary>The same with <c>meta.pt</c>, which Lightning writes last.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Lightning(string path, int ranks = 2) =>
        Checkpoint(path, ranks).Append(($"{path}/meta.pt", ModelFile.Zip()));
}
