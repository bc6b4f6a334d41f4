using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Trainctl.Testing.Faults;

/// <summary>Answers as an S3 server words them.</summary>
internal static class S3Answers
{
    public static byte[] Error(int status, string code, Fault fault, bool isToHead)
    {
        var body = Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>As the schedule of faults says.</Message><RequestId>fault</RequestId></Error>");
        var head = new HttpHead($"HTTP/1.1 {status} {code}", [("Content-Type", "application/xml"), ("x-amz-request-id", "fault")]);
        head = head.With("Date", fault.Date?.ToString("r", CultureInfo.InvariantCulture))
            .With("Retry-After", fault.RetryAt?.ToString("r", CultureInfo.InvariantCulture) ?? fault.RetryAfter?.TotalSeconds.ToString("0", CultureInfo.InvariantCulture));
        return isToHead ? WithBody(head, []) : WithBody(head, body);
    }

    public static byte[] WithBody(HttpHead head, byte[] body) =>
        [.. head.With("Transfer-Encoding", null).With("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)).ToBytes(), .. body];

    /// <summary>Takes about half of the objects out of a DeleteObjects request, at least one.</summary>
    /// <param name="body">The request.</param>
    /// <param name="seed">Decides which.</param>
    /// <returns>The request without them, null when none is left, and their keys.</returns>
    public static (byte[]? Left, string[] Spared) Spare(byte[] body, int seed)
    {
#pragma warning disable CA5394 // Do not use insecure randomness: a fault must be repeatable
        var random = new Random(seed);
        var request = Parse(body);
        var objects = request.Root!.Elements().Where(static e => e.Name.LocalName == "Object").ToArray();
        var first = random.Next(objects.Length);
        var spared = objects.Where((_, i) => i == first || random.Next(2) == 0).ToArray();
#pragma warning restore CA5394
        var keys = spared.Select(static o => o.Elements().Single(static e => e.Name.LocalName == "Key").Value).ToArray();
        foreach (var one in spared)
            one.Remove();
        return (spared.Length == objects.Length ? null : Bytes(request), keys);
    }

    /// <summary>The answer to DeleteObjects, with errors for some keys added.</summary>
    public static byte[] WithErrors(byte[]? answer, IEnumerable<string> keys)
    {
        var result = answer is null ? new XDocument(new XElement(XName.Get("DeleteResult", "http://s3.amazonaws.com/doc/2006-03-01/"))) : Parse(answer);
        var space = result.Root!.Name.Namespace;
        foreach (var key in keys)
        {
            result.Root.Add(new XElement(
                space + "Error", new XElement(space + "Key", key), new XElement(space + "Code", "InternalError"), new XElement(space + "Message", "As the schedule of faults says.")));
        }

        return Bytes(result);
    }

    private static XDocument Parse(byte[] xml) => XDocument.Load(new MemoryStream(xml), LoadOptions.PreserveWhitespace);

    private static byte[] Bytes(XDocument xml)
    {
        using var stream = new MemoryStream();
        xml.Save(stream, SaveOptions.DisableFormatting);
        return stream.ToArray();
    }
}
