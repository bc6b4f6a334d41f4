using Trainctl.Storage;
using Trainctl.Testing.Pruning;

namespace Trainctl.S3.Tests;

/// <summary>Puts runs into buckets as they are, broken ones too.</summary>
internal static class RunUpload
{
    /// <summary>One checkpoint after the other, as a job does, so that none comes before an older one.</summary>
    public static async Task PutAsync(this IObjectStore store, string name, IEnumerable<RunFile> files)
    {
        foreach (var checkpoint in files.GroupBy(static f => f.Step))
        {
            await Task.WhenAll(checkpoint.Select(f =>
                store.PutAsync($"{name}/{f.Key}", f.Content, new PutOptions { ContentModifiedAt = f.SavedAt })));
        }
    }
}
