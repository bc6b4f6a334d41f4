using System.Globalization;
using Trainctl.Storage;

namespace Trainctl.Benchmarks;

/// <summary>Objects that look like a dataset of many small files, in key order, made one at a time and kept by nobody.</summary>
internal static class Listings
{
    private static readonly DateTimeOffset Time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<StoredObject> Of(int count)
    {
        for (var i = 0; i < count; i++)
            yield return At(i);
    }

    public static StoredObject At(int i) => new()
    {
        Key = string.Create(CultureInfo.InvariantCulture, $"data/train/{i / 1000:000000}/sample-{i:000000000}.bin"),
        Size = 0,
        ModifiedAt = Time,
        ContentModifiedAt = Time,
    };
}
