namespace Trainctl.S3.Tests.Resuming;

/// <summary>What interrupted transfers write down, to be gone on with, and what they say: no secret is in it.</summary>
public sealed class SecretsInStateTests : UploadFixture
{
    private const string Sentinel = "sentinel0secret0key";
    private const string Token = "sentinel0session0token";

    [Test]
    public async Task The_journal_of_an_upload_holds_no_secret()
    {
        Scene.Write("big", Size, seed: 1);
        await Scene.UploadUntilAsync(part: 3);
        AssertNothingHoldsASecret(Scene.States().Single());

        (Scene.Secret, Scene.Token) = (Sentinel, Token);
        await Assert.ThrowsAsync<Diagnostics.TrainctlException>(() => Scene.UploadAsync());

        AssertNothingHoldsASecret(Scene.States().Single());
    }

    [Test]
    public async Task The_journal_of_a_download_holds_no_secret()
    {
        Scene.Write("big", Size, seed: 1);
        await Scene.UploadAsync();
        Scene.Requests();
        await Scene.DownloadUntilAsync(part: 3);
        var journal = Scene.Folder.Files().Single(static f => f.StartsWith("back/", StringComparison.Ordinal) && Storage.TemporaryName.IsJournal(Path.GetFileName(f), out _));
        AssertNothingHoldsASecret(journal);

        (Scene.Secret, Scene.Token) = (Sentinel, Token);
        await Assert.ThrowsAsync<Diagnostics.TrainctlException>(() => Scene.DownloadAsync());

        AssertNothingHoldsASecret(journal);
    }

    /// <param name="journal">Must be there.</param>
    private void AssertNothingHoldsASecret(string journal)
    {
        var files = Scene.Folder.Files();
        Assert.That(files.Count(f => f.EndsWith(journal, StringComparison.Ordinal)), Is.EqualTo(1), string.Join('\n', files));
        Assert.That(File.ReadAllText(Scene.Folder.Combine(files.Single(f => f.EndsWith(journal, StringComparison.Ordinal)))), Does.Contain("big"));
        Assert.Multiple(() =>
        {
            foreach (var text in files.Select(f => $"{f}: {File.ReadAllText(Scene.Folder.Combine(f))}").Append(Scene.Said))
                Assert.That(new[] { Scene.Bucket.Endpoint.SecretKey, Sentinel, Token }.Where(secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase)), Is.Empty);
        });
    }
}
