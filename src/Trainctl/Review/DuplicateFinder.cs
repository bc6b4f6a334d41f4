using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Review;

/// <summary>
/// Finds objects with the same content among those of equal size. Two objects of one size with the same tag are taken for equal where the tag is known to
/// come from the content; otherwise only checksums decide.
/// </summary>
internal sealed class DuplicateFinder(IObjectReader store, bool mayRead)
{
    private const int Concurrency = 8;

    /// <summary>Small files are often equal, and never worth a line.</summary>
    private const long MinBytes = 64 * 1024;

    private readonly List<string> _notes = [];

    public IReadOnlyList<string> Notes => _notes;

    public async Task<IReadOnlyList<DuplicateSet>> FindAsync(IEnumerable<StoredObject> objects, CancellationToken cancellationToken)
    {
        var candidates = objects.Where(static o => o.Size >= MinBytes).GroupBy(static o => o.Size).Where(static g => g.Count() > 1).SelectMany(static g => g).ToArray();
        var proofs = new string?[candidates.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, candidates.Length, parallel, async (i, token) => proofs[i] = await ProofAsync(candidates[i], token).ConfigureAwait(false))
            .ConfigureAwait(false);
        return
        [
            .. candidates.Zip(proofs).Where(static pair => pair.Second is not null)
                .GroupBy(static pair => (pair.First.Size, Proof: pair.Second!), static pair => pair.First.Key)
                .Where(static set => set.Count() > 1)
                .Select(static set => new DuplicateSet([.. set.Order(KeyOrder.Instance)], set.Key.Size, set.Key.Proof))
                .OrderByDescending(static set => set.WastedBytes).ThenBy(static set => set.Keys[0], KeyOrder.Instance),
        ];
    }

    private async Task<string?> ProofAsync(StoredObject found, CancellationToken cancellationToken)
    {
        if (found.Checksum is { } known)
            return known.ToString();
        if (!mayRead)
            return found.ContentMd5 is { } md5 ? $"md5:{md5}" : null;
        try
        {
            return (await ContentReader.ChecksumAsync(store, found, cancellationToken).ConfigureAwait(false)).ToString();
        }
        catch (TrainctlException exception)
        {
            lock (_notes)
                _notes.Add($"Not compared for duplicates: {exception.Message}");
            return null;
        }
    }
}
