using Trainctl.Storage;
using Trainctl.Testing.Pruning;

namespace Trainctl.S3.Tests;

/// <summary>A bucket for many runs, each below a name of its own.</summary>
internal sealed class RunBucket(TestBucket bucket) : IAsyncDisposable
{
    private readonly IObjectStore _store = bucket.Open();

    public static async Task<RunBucket> CreateAsync() => new(await TestBucket.CreateAsync());

    public EngineHost Host(string workingDirectory) => bucket.Host(workingDirectory, []);

    public ObjectUrl Url(string name) => bucket.Url(name);

    /// <summary>Puts files as they are. One checkpoint comes after the other, as from a job, so that none comes before an older one.</summary>
    public async Task PutAsync(string name, IEnumerable<RunFile> files)
    {
        foreach (var checkpoint in files.GroupBy(static f => f.Step))
            await Task.WhenAll(checkpoint.Select(f => _store.PutAsync($"{name}/{f.Key}", f.Content, new PutOptions { ContentModifiedAt = f.SavedAt })));
    }

    /// <summary>Keys below a name, relative to it.</summary>
    public async Task<IEnumerable<string>> KeysAsync(string name) =>
        await _store.ListAsync(new ListRequest { Prefix = name + "/" }).Select(found => found.Key[(name.Length + 1)..]).ToListAsync();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await bucket.DisposeAsync();
    }
}
