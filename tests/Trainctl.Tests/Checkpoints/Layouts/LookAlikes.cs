namespace Trainctl.Tests.Checkpoints.Layouts;

/// <summary>Data that has the names or numbers of checkpoints and is none.</summary>
internal static class LookAlikes
{
    public static async Task AssertUnclaimedAsync(params IReadOnlyList<string> keys)
    {
        var scene = new CatalogScene();
        foreach (var key in keys)
            scene.Put(key);

        var catalog = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => u.Path), Is.Empty);
            Assert.That(catalog.Pointers, Is.Empty);
            Assert.That(catalog.OtherObjects, Has.Count.EqualTo(keys.Count));
        });
    }
}
