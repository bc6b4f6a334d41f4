using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>
/// Chooses keys by glob patterns. <c>*</c> matches within a segment, <c>**</c> across segments, <c>?</c> one character, <c>[a-z]</c> one of a set,
/// <c>[!a-z]</c> one outside it; of these only <c>**</c> matches a <c>/</c>.
/// A pattern without <c>/</c> is matched against the last segment, at any depth; one that ends with <c>/</c> matches everything below;
/// any other is matched against the whole key, so <c>/a</c> is the <c>a</c> at the root. A key is chosen when it matches an include (or there is none)
/// and no exclude.
/// </summary>
internal sealed class KeyFilter
{
    private readonly KeyGlob[] _include;
    private readonly KeyGlob[] _exclude;

    public KeyFilter(IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    {
        _include = [.. include.Select(static p => new KeyGlob(p))];
        _exclude = [.. exclude.Select(static p => new KeyGlob(p))];
    }

    public bool Accepts(string key) => (_include.Length == 0 || AnyMatches(_include, key)) && !AnyMatches(_exclude, key);

    /// <summary>Whether something in a folder could be accepted. True when in doubt.</summary>
    public bool MayAcceptBelow(string folder) =>
        (_include.Length == 0 || _include.Any(p => p.MayMatchBelow(folder))) && !_exclude.Any(p => p.MatchesAllBelow(folder));

    /// <summary>Whether what could not be listed, or something in it, could be accepted. True when in doubt.</summary>
    public bool MayAccept(ListingProblem problem) => problem.HidesObjects ? MayAcceptBelow(problem.Key) : Accepts(problem.Key);

    /// <summary>Called for each object of a listing, so it allocates nothing.</summary>
    private static bool AnyMatches(KeyGlob[] patterns, string key)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(key))
                return true;
        }

        return false;
    }
}
