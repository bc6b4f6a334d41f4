using System.Text.RegularExpressions;
using System.Xml.Linq;
using Trainctl.Checkpoints;
using Trainctl.Review;
using Trainctl.Review.Html;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Review;

public sealed partial class ReviewPageTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
    private static readonly ReviewArtifactsSettings Settings = new() { Location = "s3://memory" };

    [Test]
    public async Task The_page_loads_nothing_and_forbids_it()
    {
        var page = await PageAsync(new CatalogScene().HuggingFace("run/checkpoint-5", 5));

        Assert.That(page, Does.Contain("default-src 'none'"));
        Assert.That(Regex.Matches(page, @"(?i)\b(src|href|action|data)\s*=|url\(|@import|<script|https?:"), Is.Empty);
    }

    [Test]
    public async Task Keys_with_markup_stay_text()
    {
        var page = await PageAsync(new CatalogScene().HuggingFace("<script>alert(1)</script>\u0001\"'&/checkpoint-5", 5).Put("<img src=x onerror=alert(1)>.csv"));

        Assert.That(page, Does.Not.Contain("<script").And.Not.Contain("<img").And.Not.Contain("\u0001").And.Contain("&lt;script&gt;alert(1)&lt;/script&gt;\uFFFD"));
    }

    [Test]
    public async Task Drawings_are_well_formed_and_show_each_checkpoint_in_its_state()
    {
        var scene = new CatalogScene().HuggingFace("a&b/checkpoint-5", 5).HuggingFace("a&b/checkpoint-6", 6).HuggingFace("c/checkpoint-7", 7)
            .Put("a&b/checkpoint-5/model.safetensors", ModelFile.Safetensors().Cut(), 5).Put("c/checkpoint-7/model.safetensors", ModelFile.Safetensors().Cut(), 7);

        var drawings = Drawing().Matches(await PageAsync(scene)).Select(static m => XElement.Parse(m.Value)).ToArray();
        var styles = drawings.SelectMany(static d => d.Descendants("rect")).Select(static r => (string)r.Attribute("class")!).ToArray();

        Assert.That(drawings, Has.Length.EqualTo(2));
        Assert.That(styles, Is.EquivalentTo(new[] { "run", "run", "unit complete", "unit incomplete", "unit flight" }));
    }

    [Test]
    public async Task An_empty_place_has_a_page_too() => Assert.That(await PageAsync(new CatalogScene()), Does.Contain("There is nothing here.").And.Not.Contain("<svg"));

    [Test]
    public async Task Many_runs_and_checkpoints_keep_the_page_small()
    {
        var unit = await new CatalogScene().HuggingFace("run/checkpoint-5", 5).UnitAsync();
        var units = Enumerable.Range(0, 1000).Select(i => unit with { Path = $"run/checkpoint-{i}", Step = i }).ToArray();
        var runs = Enumerable.Range(0, 200).Select(i => CatalogReader.RunOf($"run{i}", "test", units)).ToArray();

        Assert.That(RunTreemap.Draw(runs), Has.Length.LessThan(4_000_000).And.Contains("140 smaller runs not drawn"));
    }

    [Test]
    public async Task The_page_is_written_where_the_settings_say()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceRun.Write(folder, "run", 5);

        await TestHost.Engine(folder).ReviewArtifactsAsync(new ReviewArtifactsSettings { Location = "run", HtmlFile = "out/review.html" });

        Assert.That(File.ReadAllText(folder.Combine("out/review.html")), Does.StartWith("<!doctype html>").And.Contain("checkpoint-5"));
        Assert.That(Directory.GetFiles(folder.Combine("out")), Has.Length.EqualTo(1));
    }

    [Test]
    public void Boxes_fill_the_area_by_weight_without_overlap()
    {
        double[] weights = [600, 300, 60, 30, 9, 1, 0];

        var boxes = Squarify.Divide(new Box(0, 0, 100, 10), weights);

        Assert.That(boxes.Select(static b => b.Width * b.Height), Is.EqualTo(weights).Within(1e-6));
        foreach (var box in boxes)
            Assert.That(box is { X: >= -1e-9, Y: >= -1e-9 } && box.X + box.Width <= 100 + 1e-9 && box.Y + box.Height <= 10 + 1e-9, $"{box}");
        for (var i = 0; i < boxes.Length; i++)
        {
            for (var j = 0; j < i; j++)
                Assert.That(Overlap(boxes[i], boxes[j]), Is.LessThan(1e-6), $"{i} and {j}");
        }
    }

    private static double Overlap(Box a, Box b) =>
        Math.Max(0, Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X)) * Math.Max(0, Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y));

    private static async Task<string> PageAsync(CatalogScene scene) =>
        ReviewPage.Render(await new ReviewArtifacts(Settings, Host, scene.Store).RunAsync(CancellationToken.None), CatalogScene.Start);

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Drawing();
}
