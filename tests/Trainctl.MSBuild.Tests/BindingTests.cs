using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.MSBuild.Binding;
using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Training;
using Trainctl.Transfer;

namespace Trainctl.MSBuild.Tests;

public sealed class BindingTests
{
    private static readonly Type[] Records =
    [
        typeof(StageDataSettings), typeof(UploadCheckpointsSettings), typeof(PruneCheckpointsSettings), typeof(ReviewArtifactsSettings), typeof(SyncSettings),
        typeof(RunTrainingSettings),
    ];

    [TestCaseSource(nameof(Records))]
    public void No_two_settings_of_a_record_share_a_name(Type record) =>
        Assert.That(SettingsBinder.NamesOf(record).Select(static n => n.ToUpperInvariant()), Is.Unique.And.Not.Empty);

    [Test]
    public void A_value_is_read_as_the_type_of_its_setting()
    {
        var settings = SettingsBinder.Bind<PruneCheckpointsSettings>(new SettingValues()
            .Set("location", "s3://lab/run").Set("KeepLast", "3").Set("KeepSteps", "100; 200").Set("MaxAge", "7d").Set("MaxTotalSize", "500GB").Set("MetricMode", "min")
            .Set("MaxDeleteShare", "50%").Set("MaxDeleteBytes", "1GiB").Set("AllowRemovingBest", "TRUE").Set("RequireUploaded", "s3://lab/b").Set("Region", "eu-central-1")
            .Set("EndpointUrl", "http://localhost:9000").Set("Pattern", @"^(?<step>\d+)\.pt$").Set("Marker", "DONE").Set("SettleTime", "5s").Set("Metric", " "));

        Assert.Multiple(() =>
        {
            Assert.That(settings.Location.ToString(), Is.EqualTo("s3://lab/run"));
            Assert.That(settings.KeepLast, Is.EqualTo(3));
            Assert.That(settings.KeepSteps, Is.EqualTo([100L, 200L]));
            Assert.That(settings.MaxAge, Is.EqualTo(TimeSpan.FromDays(7)));
            Assert.That(settings.MaxTotalSize, Is.EqualTo(500_000_000_000));
            Assert.That(settings.MetricMode, Is.EqualTo(MetricMode.Min));
            Assert.That(settings.MaxDeleteShare, Is.EqualTo(0.5));
            Assert.That(settings.MaxDeleteBytes, Is.EqualTo(1L << 30));
            Assert.That(settings.AllowRemovingBest, Is.True);
            Assert.That(settings.RequireUploaded, Is.EqualTo(ObjectUrl.Parse("s3://lab/b")));
            Assert.That(settings.Store, Is.EqualTo(new StoreSettings { Region = "eu-central-1", EndpointUrl = new Uri("http://localhost:9000") }));
            Assert.That(settings.Pattern, Is.EqualTo(new CheckpointPattern(@"^(?<step>\d+)\.pt$") { Marker = "DONE", SettleTime = TimeSpan.FromSeconds(5) }));
            Assert.That(settings.Metric, Is.Null);
        });
    }

    [Test]
    public void What_is_not_given_has_the_default_of_the_engine()
    {
        var bound = SettingsBinder.Bind<SyncSettings>(new SettingValues().Set("Source", "a").Set("Destination", "b").Set("PartSizeBytes", "5MiB").Set("BandwidthBytesPerSecond", "50MiB"));

        Assert.That(bound, Is.EqualTo(new SyncSettings { Source = "a", Destination = "b", Transfer = new TransferSettings { PartSizeBytes = 5 << 20, BandwidthBytesPerSecond = 50 << 20 } } with
        {
            Include = bound.Include,
            Exclude = bound.Exclude,
        }));
        Assert.That(bound.Include.Concat(bound.Exclude), Is.Empty);
    }

    [TestCase("Compare", "Siez", "none of SizeAndTime, SizeOnly, Checksum")]
    [TestCase("Compare", "1", "none of")]
    [TestCase("Delete", "yes", "neither true nor false")]
    [TestCase("Concurrency", "many", "no whole number")]
    [TestCase("PartSizeBytes", "big", "is no size")]
    [TestCase("BandwidthBytesPerSecond", "fast", "is no size")]
    [TestCase("EndpointUrl", "localhost", "no absolute URL")]
    [TestCase("Concurency", "3", "Did you mean Concurrency?")]
    [TestCase("Xyzzy", "3", "Choose from Anonymous, ")]
    public void A_value_or_name_that_makes_no_sense_is_told(string name, string text, string problem)
    {
        var values = new SettingValues().Set("Source", "a").Set("Destination", "b").Set(name, text);

        var error = Assert.Throws<TrainctlException>(() => SettingsBinder.Bind<SyncSettings>(values));

        Assert.That(error!.Error, Is.EqualTo(TrainctlError.InvalidSetting));
        Assert.That(error.Message, Does.Contain(problem));
    }

    [Test]
    public void A_marker_without_a_pattern_is_an_error()
    {
        var values = new SettingValues().Set("Location", "a").Set("Marker", "DONE");

        Assert.That(Assert.Throws<TrainctlException>(() => SettingsBinder.Bind<PruneCheckpointsSettings>(values))!.Message, Does.Contain("Pattern is missing"));
    }

    [TestCase("--epochs 20", new[] { "--epochs", "20" })]
    [TestCase("  --name 'a b'  \"c d\"e '' ", new[] { "--name", "a b", "c de", "" })]
    [TestCase("C:\\data;x --q \"it's\"", new[] { "C:\\data;x", "--q", "it's" })]
    public void Arguments_are_words_as_on_a_command_line(string line, string[] words) => Assert.That(Words.Split(line), Is.EqualTo(words));
}
