using System.Globalization;
using Trainctl.Testing;
using Trainctl.Watching;

namespace Trainctl.Tests.Watching;

/// <summary>Events as lines, for machines and for people.</summary>
public sealed class WatchLineTests
{
    private static readonly DateTimeOffset Time = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly WatchEvent Object = new()
    {
        SeenAt = Time.AddSeconds(9.5),
        Kind = WatchEventKind.Changed,
        Key = "digits/é\n\u001b[31m.pt",
        Url = "s3://lab/runs/digits/é\n\u001b[31m.pt",
        Size = 12_345_678,
        ModifiedAt = Time,
        ETag = "0cc175b9c0f1b6a831c399e269772661-2",
    };

    private static readonly WatchEvent Checkpoint = new()
    {
        SeenAt = Time.AddSeconds(10),
        Kind = WatchEventKind.Created,
        Key = "digits/checkpoint-100",
        Url = "s3://lab/runs/digits/checkpoint-100",
        Size = 1024,
        ModifiedAt = Time,
        ETag = "00112233445566778899aabbccddeeff",
        Checkpoint = new()
        {
            Layout = "huggingface-trainer",
            Run = "digits",
            Step = 100,
            Epoch = 1.5,
            Objects = 3,
            Metrics = new Dictionary<string, double> { ["eval_loss"] = 0.25, ["accuracy"] = 0.9 },
        },
        Command = new() { ExitCode = 7, Duration = TimeSpan.FromSeconds(1.5), Error = "The command 'notify' failed with exit code 7." },
    };

    private static readonly WatchEvent Problem = new()
    {
        SeenAt = Time,
        Kind = WatchEventKind.Problem,
        Key = "",
        Url = "s3://lab/runs",
        ErrorCode = "TRAINCTL1002",
        Error = "Listing 's3://lab/runs' failed: access denied.",
    };

    private static readonly WatchEvent[] All = [Object, Checkpoint, Checkpoint with { Kind = WatchEventKind.Deleted, Command = null }, Problem];

    [Test]
    public void Lines_of_JSON_have_the_documented_fields() => Golden.Verify(string.Concat(All.Select(static e => WatchEventJson.Line(e) + "\n")), "Json");

    [Test]
    public void Lines_of_text_say_the_same_in_short() => Golden.Verify(string.Concat(All.Select(static e => WatchEventText.Line(e) + "\n")), "Text");

    [Test]
    public void Every_event_is_one_line_whatever_its_key()
    {
        foreach (var c in Enumerable.Range(0, 0x300).Select(static i => (char)i))
        {
            var seen = Object with { Key = $"a{c}b" };
            foreach (var line in new[] { WatchEventJson.Line(seen), WatchEventText.Line(seen) })
                Assert.That(line.Any(char.IsControl), Is.False, ((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }
    }
}
