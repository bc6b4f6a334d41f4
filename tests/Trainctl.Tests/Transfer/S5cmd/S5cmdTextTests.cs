using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Trainctl.Testing;
using Trainctl.Transfer.S5cmd;

namespace Trainctl.Tests.Transfer.S5cmd;

/// <summary>What is said to s5cmd and what it says, as text.</summary>
public sealed class S5cmdTextTests
{
    [TestCase("a b", "'a b'")]
    [TestCase("it's", @"'it'\''s'")]
    [TestCase("", "''")]
    [TestCase("\"\\$HOME`*?[~#", "'\"\\$HOME`*?[~#'")]
    public void A_word_is_quoted_for_a_shell(string text, string quoted) => Assert.That(ShellWord.Quote(text), Is.EqualTo(quoted));

    [Test]
    public void A_shell_reads_a_quoted_word_as_it_was()
    {
        Prop.ForAll(Gen.Elements("'\"\\ $`*?[]~#;&|<>(){}!äß日😀-=a".EnumerateRunes().Select(static r => r.ToString()).ToArray()).ArrayOf().Select(string.Concat).ToArbitrary(),
            static text => ReadByShell(ShellWord.Quote(text)) == text)
            .Check(PropertySearch.Of(20));
    }

    [TestCase("a\nb")]
    [TestCase("a\r")]
    [TestCase("\u0085")]
    public void A_line_cannot_hold_a_control_character(string text) => Assert.That(ShellWord.IsPossible(text), Is.False);

    [TestCase("v2.3.0-991c9fb\n", "2.3.0")]
    [TestCase("v2.2.2-48f7e59", "2.2.2")]
    [TestCase("v10.0.12", "10.0.12")]
    public void A_version_is_read(string text, string version) => Assert.That(S5cmdVersion.Parse(text).ToString(), Is.EqualTo(version));

    [TestCase("")]
    [TestCase("2.3.0")]
    [TestCase("v2.3")]
    [TestCase("v2.3.x")]
    [TestCase("v2.3.-1")]
    [TestCase("aws-cli/2.0")]
    public void Another_text_is_no_version(string text) => Assert.That(S5cmdVersion.Parse(text), Is.Null);

    [TestCase("v2.1.0", -1)]
    [TestCase("v1.9.9", -1)]
    [TestCase("v2.2.0", 0)]
    [TestCase("v2.10.0", 1)]
    public void Versions_are_compared_by_number(string text, int sign) =>
        Assert.That(Math.Sign(S5cmdVersion.Parse(text)!.Value.CompareTo(S5cmdVersion.Oldest)), Is.EqualTo(sign));

    [Test]
    public void A_copied_object_is_named_by_its_destination()
    {
        var message = S5cmdMessage.Parse(
            """{"operation":"cp","success":true,"source":"/x/it's","destination":"s3://b/it's \u003c\"\\ü😀","object":{"type":"file","size":5}}""")!;

        Assert.That(message.IsCopied, Is.True);
        Assert.That(message.Destination, Is.EqualTo("s3://b/it's <\"\\ü😀"));
    }

    [TestCase("""{"operation":"cp","command":"cp a b","error":"NoSuchKey: status code: 404"}""")]
    [TestCase("""{"operation":"rm","success":true,"source":"s3://b/k"}""")]
    [TestCase("""{"operation":"cp","success":false,"destination":"s3://b/k"}""")]
    [TestCase("{}")]
    public void Other_messages_are_no_copied_object(string line) => Assert.That(S5cmdMessage.Parse(line)!.IsCopied, Is.False);

    [TestCase("")]
    [TestCase("null")]
    [TestCase("""{"operation":"cp","succ""")]
    [TestCase("panic: runtime error")]
    [TestCase("""{"success":"perhaps"}""")]
    [TestCase("[1]")]
    public void What_is_no_message_is_passed_over(string line) => Assert.That(S5cmdMessage.Parse(line), Is.Null);

    private static string ReadByShell(string word)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "printf %s " + word]) { RedirectStandardOutput = true })!;
        return shell.StandardOutput.ReadToEnd();
    }
}
