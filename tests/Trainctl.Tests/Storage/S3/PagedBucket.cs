using System.Web;
using Trainctl.Storage;

namespace Trainctl.Tests.Storage.S3;

/// <summary>What a bucket answers to requests for pages, and what a bucket should not. Small pages, so that few keys have many.</summary>
internal sealed class PagedBucket
{
    private readonly Lock _lock = new();
    private readonly SortedSet<string> _keys;
    private readonly TaskCompletionSource _crowd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _now;

    public PagedBucket(IEnumerable<string> keys) => _keys = new SortedSet<string>(keys, KeyOrder.Instance);

    public int PageSize { get; init; } = 10;

    /// <summary>Later pages are answered once so many were asked for at a time; a request that waits for that in vain fails.</summary>
    public int Crowd { get; init; } = 1;

    /// <summary>Changes what an answer to a request for a page behind a key is made of: that key, and what is there.</summary>
    public Func<string, IEnumerable<string>, IEnumerable<string>>? OnAhead { get; init; }

    /// <summary>Called before each answer.</summary>
    public Action<PagedBucket>? OnAsked { get; init; }

    /// <summary>Requests that said themselves where their page begins.</summary>
    public int Ahead { get; private set; }

    /// <summary>All requests.</summary>
    public int Requests { get; private set; }

    /// <summary>That have no answer yet.</summary>
    public int Waiting => _now;

    public void Change(Action<SortedSet<string>> change)
    {
        lock (_lock)
            change(_keys);
    }

    public async Task<string> AnswerAsync(Uri url)
    {
        var query = HttpUtility.ParseQueryString(url.Query);
        var (prefix, after, token) = (query["prefix"] ?? "", query["start-after"], query["continuation-token"]);
        OnAsked?.Invoke(this);
        Task crowd;
        lock (_lock)
        {
            Requests++;
            Ahead += after is null ? 0 : 1;
            if (++_now >= Crowd)
                _crowd.TrySetResult();
            crowd = after is null && token is null ? Task.CompletedTask : _crowd.Task;
        }

        try
        {
            await Task.Delay(1);
            await crowd.WaitAsync(TimeSpan.FromSeconds(20));
            return Page(prefix, after, token is null ? null : Uri.UnescapeDataString(token));
        }
        finally
        {
            lock (_lock)
                _now--;
        }
    }

    private string Page(string prefix, string? after, string? token)
    {
        lock (_lock)
        {
            var rest = _keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal));
            rest = after is not null && OnAhead is not null ? OnAhead(after, rest) : rest.Where(k => KeyOrder.Compare(k, token ?? after ?? "") > 0);
            var found = rest.Take(PageSize + 1).ToArray();
            var next = found.Length > PageSize ? Uri.EscapeDataString(found[PageSize - 1]) : null;
            return ScriptedClient.Page(next, [.. found.Take(PageSize).Select(Uri.EscapeDataString)]);
        }
    }
}
