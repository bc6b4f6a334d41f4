using System.Text.Json;
using Trainctl.Reporting;
using Trainctl.Sync;

namespace Trainctl.Tests.Reporting;

public sealed class ReportTests
{
    private static readonly SyncReport Report = new()
    {
        Operation = "sync",
        DryRun = false,
        Duration = TimeSpan.FromSeconds(1.5),
        Source = "from",
        Destination = "to",
        UnchangedObjects = 1234,
        UnchangedBytes = 5 * 1024,
        Objects =
        [
            new ObjectOutcome { Key = "a|b\u001b[31m", Action = ObjectAction.Copy, Result = OutcomeResult.Done, Bytes = 2048, Reason = "new" },
            new ObjectOutcome
            {
                Key = "c", Action = ObjectAction.Copy, Result = OutcomeResult.Failed, Bytes = 1, Reason = "modified", ErrorCode = "TRAINCTL1007", Error = "No.",
            },
        ],
    };

    [Test]
    public void Text_is_aligned_and_lets_no_control_character_through() => Assert.That(
        ReportText.Render(Report.Describe()),
        Is.EqualTo(
            """
            sync: from -> to

              object         action     size  why
              a|b\u001b[31m  copied  2.0 KiB  new

            Not done:
              object  code          error
              c       TRAINCTL1007  No.

            1 object copied (2.0 KiB), 1 object not done, 1,234 objects unchanged (5.0 KiB); took 1.5 s.

            """.ReplaceLineEndings("\n")));

    [Test]
    public void Markdown_escapes_what_would_be_markup() =>
        Assert.That(ReportMarkdown.Render(Report.Describe()), Does.Contain(@"| a\|b \[31m | copied | 2.0 KiB | new |"));

    [Test]
    public void Json_has_every_fact()
    {
        using var json = JsonDocument.Parse(ReportJson.Serialize(Report));

        Assert.Multiple(() =>
        {
            Assert.That(json.RootElement.GetProperty("exitCode").GetInt32(), Is.EqualTo(1));
            Assert.That(json.RootElement.GetProperty("objects")[1].GetProperty("errorCode").GetString(), Is.EqualTo("TRAINCTL1007"));
        });
    }

    [TestCase(0, "0 B")]
    [TestCase(999, "999 B")]
    [TestCase(1023, "1.0 KiB")]
    [TestCase(1536, "1.5 KiB")]
    [TestCase(1024 * 1024 * 200L, "200 MiB")]
    [TestCase(long.MaxValue, "8.0 EiB")]
    public void Sizes_have_at_most_three_digits(long bytes, string expected) => Assert.That(HumanText.Size(bytes), Is.EqualTo(expected));
}
