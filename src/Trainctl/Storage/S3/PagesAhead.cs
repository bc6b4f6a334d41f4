using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>
/// Pages of a listing that are asked for before their turn, several at once. Each page tells where the next one begins, so one after another takes a round trip for
/// each thousand objects; a key that is probably there tells where to begin as well (start-after, docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html).
/// Whether it is there does not matter: a page shows all that comes behind where it was asked to begin. It is taken once all up to there has been listed, when it
/// shows the last key of that too, and more: two requests that show the same are evidence that the store begins where it should. Where a listing ends is told by a
/// page that was asked for in its turn, or by one that is so proven.
/// </summary>
/// <param name="known">Knows keys; null leaves it to what the pages' own keys count.</param>
/// <param name="root">What keys in the bucket have before those that are known.</param>
/// <param name="prefix">What keys that are listed begin with, in the bucket.</param>
/// <param name="fetch">Gets the page behind a key in the bucket.</param>
/// <param name="time">Measures how long pages take.</param>
internal sealed class PagesAhead(IKeysAhead? known, string root, string prefix, Func<string, Task<ListingPage>> fetch, TimeProvider time)
{
    /// <summary>At once, besides the page whose turn it is.</summary>
    public const int Most = 8;

    private const int LongestStep = 4096;

    /// <summary>A store that tells a page sooner is near, and what a wrong guess takes of it is missing elsewhere.</summary>
    private static readonly TimeSpan WorthGuessing = TimeSpan.FromMilliseconds(30);

    private readonly KeyProgression? _progression = known is null ? new KeyProgression() : null;
    private readonly Queue<PageAhead> _asked = [];
    private readonly List<Task> _leftOut = [];
    private bool _hasStopped;
    private bool _isWorthGuessing;
    private int _pages;
    private int _step;
    private string _farthest = "";
    private string _reached = "";

    /// <summary>Twice as many as have come; where keys are guessed the first one does not count, so a listing of two pages is two requests.</summary>
    private int Wanted => _progression is null ? Math.Min(Most, 2 * _pages) : _isWorthGuessing ? Math.Min(Most, 2 * (_progression.Pages - 1)) : 0;

    /// <summary>Gets the page that goes on behind another.</summary>
    /// <param name="page">The page in hand. It is not the last one.</param>
    /// <param name="inTurn">Gets the next one the usual way.</param>
    public Task<ListingPage> NextAsync(ListingPage page, Func<Task<ListingPage>> inTurn)
    {
        if (_hasStopped || page.IsOfVersion1 || page.FirstKey is not { } first || page.LastKey is not { } last || !IsWithin(first) || !IsWithin(last))
        {
            _hasStopped = true;
            return inTurn();
        }

        _reached = last;
        _pages++;
        _progression?.Observe(first[root.Length..], last[root.Length..], page.Objects.Count);
        if (_step == 0)
            _step = Math.Max(1, page.Objects.Count * 9 / 10);
        var hadAsked = _asked.Count > 0;
        var found = DequeueReached(last);
        if (found is not null)
            return CheckAsync(found, last, inTurn);
        if (hadAsked)
            _step = Math.Max(_step / 2, 1);
        return MeasureAsync(inTurn);
    }

    /// <summary>Asks for as many as may be on their way.</summary>
    public async ValueTask AskAsync()
    {
        while (!_hasStopped && _asked.Count < Wanted)
        {
            var from = KeyOrder.Compare(_farthest, _reached) > 0 ? _farthest : _reached;
            var key = await (known ?? _progression!).AfterAsync(from[root.Length..], _step).ConfigureAwait(false);
            if (key is null || !IsWithin(root + key) || KeyOrder.Compare(root + key, from) <= 0)
                return;
            _farthest = root + key;
            _asked.Enqueue(new PageAhead(_farthest, fetch(_farthest)));
        }
    }

    /// <summary>Waits for what is still on its way; whoever fetches has been told to end.</summary>
    public async Task EndAsync()
    {
        foreach (var page in _leftOut.Concat(_asked.Select(static p => p.Page)))
            await page.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<ListingPage> MeasureAsync(Func<Task<ListingPage>> fetch)
    {
        var start = time.GetTimestamp();
        var page = await fetch().ConfigureAwait(false);
        _isWorthGuessing |= time.GetElapsedTime(start) > WorthGuessing;
        return page;
    }

    private bool IsWithin(string key) => key.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>The last page that begins within what has been listed; null when none does.</summary>
    private PageAhead? DequeueReached(string reached)
    {
        PageAhead? found = null;
        while (_asked.TryPeek(out var first) && KeyOrder.Compare(first.After, reached) <= 0)
        {
            if (found is not null)
            {
                // Two begin within one page, so there is less than what was expected.
                _leftOut.RemoveAll(static page => page.IsCompleted);
                _leftOut.Add(found.Page);
                _step = Math.Min(_step * 2, LongestStep);
            }

            found = _asked.Dequeue();
        }

        return found;
    }

    /// <summary>Where a page did not come, or shows something else, the next one is fetched in its turn, which says what is wrong if anything is.</summary>
    private async Task<ListingPage> CheckAsync(PageAhead asked, string reached, Func<Task<ListingPage>> inTurn)
    {
        try
        {
            var page = await asked.Page.ConfigureAwait(false);
            if (page.IsOfVersion1 || page.FirstKey is not { } first || KeyOrder.Compare(first, asked.After) <= 0)
                _hasStopped = true;
            else if (PlaceOf(reached, page) is { } place && place + 1 < page.Objects.Count)
                return page.Without(place + 1);
        }
        catch (TrainctlException)
        {
            _hasStopped = true;
        }

        return await inTurn().ConfigureAwait(false);
    }

    private static int? PlaceOf(string key, ListingPage page)
    {
        for (var i = 0; i < page.Objects.Count && page.KeyOf(page.Objects[i]) is { } found; i++)
        {
            if (KeyOrder.Compare(found, key) >= 0)
                return found == key ? i : null;
        }

        return null;
    }

    /// <param name="After">The key in the bucket that it was to begin behind.</param>
    /// <param name="Page">It.</param>
    private sealed record PageAhead(string After, Task<ListingPage> Page);
}
