using Trainctl.Checkpoints.Formats;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>Looks into the files of a checkpoint, many at a time; files that a manifest vouches for are not opened.</summary>
internal sealed class UnitInspector(ObjectProbe probe, IReadOnlySet<string> provenKeys)
{
    private const int Concurrency = 8;

    /// <summary>Far more than any framework writes: what is longer is no text that describes a checkpoint.</summary>
    private const long MaxTextLength = 256L * 1024 * 1024;

    /// <summary>The first problem of any file, in the order given; null when all that can be told is fine.</summary>
    public Task<string?> FirstProblemAsync(IEnumerable<StoredObject> files, CancellationToken cancellationToken) =>
        FirstProblemAsync(files, WholeFile.ProblemAsync, cancellationToken);

    /// <summary>The same with a check of the layout's own, where the ending of a name does not tell the format.</summary>
    public async Task<string?> FirstProblemAsync(
        IEnumerable<StoredObject> files, Func<ObjectProbe, StoredObject, CancellationToken, Task<string?>> check, CancellationToken cancellationToken)
    {
        var unproven = files.Where(f => !provenKeys.Contains(f.Key)).ToArray();
        var problems = new string?[unproven.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, unproven.Length, parallel, async (i, token) =>
        {
            if (await check(probe, unproven[i], token).ConfigureAwait(false) is { } problem)
                problems[i] = $"{NameOf(unproven[i])} {problem}";
        }).ConfigureAwait(false);
        return Array.Find(problems, static p => p is not null);
    }

    /// <summary>The whole content of a small text, or null when it is too long to be one.</summary>
    public async Task<byte[]?> ReadTextAsync(StoredObject found, CancellationToken cancellationToken) => found.Size > MaxTextLength
        ? null
        : await probe.ReadAsync(found, 0, found.Size, cancellationToken).ConfigureAwait(false);

    public static string NameOf(StoredObject found) => found.Key[(found.Key.LastIndexOf('/') + 1)..];
}
