using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Tests.Storage;

public sealed class ObjectUrlTests
{
    [TestCase("s3://bucket/a/b", StoreKind.S3, "bucket", "a/b")]
    [TestCase("S3://bucket", StoreKind.S3, "bucket", "")]
    [TestCase("gs://bucket/x y#?%20", StoreKind.Gcs, "bucket", "x y#?%20")]
    [TestCase("file:///data/a%20b#1", StoreKind.Folder, "", "/data/a b#1")]
    [TestCase("data/digits", StoreKind.Folder, "", "data/digits")]
    public void Parse_accepts_every_form(string text, StoreKind kind, string bucket, string path)
    {
        var url = ObjectUrl.Parse(text);

        Assert.That((url.Kind, url.Bucket, url.Path), Is.EqualTo((kind, bucket, path)));
    }

    [TestCase("")]
    [TestCase("  ")]
    [TestCase("s3:/bucket/key")]
    [TestCase("s3://")]
    [TestCase("s3:///key")]
    [TestCase("s3://buc ket/key")]
    [TestCase("http://host/bucket")]
    [TestCase("file://host/path")]
    [TestCase("a\0b")]
    public void Parse_of_anything_else_names_the_text_and_shows_a_valid_form(string text)
    {
        var error = Assert.Throws<TrainctlException>(() => ObjectUrl.Parse(text))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(TrainctlError.InvalidUrl));
            Assert.That(error.Message, Does.Contain(text.Trim().Replace('\0', '?')).And.Contain("s3://bucket/prefix"));
        });
    }

    [TestCase("https://bucket.s3.amazonaws.com/key?X-Amz-Algorithm=a&X-Amz-Signature=hidden")]
    [TestCase("https://host/key?token=hidden")]
    [TestCase("https://hidden:hidden@host/key")]
    [TestCase("s3://id:hidden@bucket/key")]
    [TestCase("s3://bucket/key?x-amz-signature=hidden&b=c")]
    [TestCase("s3://bucket/key?X-Amz-Security-Token=hidden")]
    [TestCase("gs://bucket/key?X-Goog-Signature=hidden")]
    [TestCase("bucket.s3.amazonaws.com/key?AWSAccessKeyId=a&Signature=hidden")]
    [TestCase("file:///key?Signature=hidden")]
    public void What_may_be_a_secret_in_a_text_that_is_no_URL_is_not_repeated(string text)
    {
        var error = Assert.Throws<TrainctlException>(() => ObjectUrl.Parse(text))!;

        Assert.That(error.Error, Is.EqualTo(TrainctlError.InvalidUrl));
        Assert.That(error.ToString() + error.Subject, Does.Not.Contain("hidden"));
    }

    [TestCase("s3://bucket/a?b=c@d")]
    [TestCase("data/a?b=c@d")]
    public void A_name_may_look_like_a_query(string text) => Assert.That(ObjectUrl.Parse(text).ToString(), Is.EqualTo(text));

    [Test]
    public void A_key_of_more_than_1024_bytes_is_refused() =>
        Assert.That(ObjectUrl.TryParse("s3://b/" + new string('ä', 513), out _, out var problem), Is.False, problem);

    [Test]
    public void SplitLast_separates_an_object_from_its_prefix()
    {
        var (parent, name) = ObjectUrl.Parse("s3://bucket/a/b.pt").SplitLast();

        Assert.That((parent.ToString(), name), Is.EqualTo(("s3://bucket/a", "b.pt")));
    }

    /// <summary>A store puts the two together with one slash.</summary>
    [TestCase("s3://bucket/a//w.pt", "a", "/w.pt")]
    [TestCase("s3://bucket/a/b///w.pt", "a/b", "//w.pt")]
    [TestCase("gs://bucket//w.pt", "", "/w.pt")]
    [TestCase("s3://bucket//a/w.pt", "/a", "w.pt")]
    [TestCase("s3://bucket/w.pt", "", "w.pt")]
    public void SplitLast_keeps_every_slash(string text, string parent, string name)
    {
        var url = ObjectUrl.Parse(text);

        var split = url.SplitLast();

        Assert.That((split.Parent.Path, split.Name), Is.EqualTo((parent, name)));
        Assert.That(split.Parent.Append(split.Name), Is.EqualTo(url));
    }
}
