using System.Net;
using System.Text;
using System.Xml;

namespace Trainctl.Storage.S3.Http.Xml;

/// <summary>What is looked for in an answer.</summary>
internal interface IAnswerContent
{
    /// <summary>The name of the document's root; anything else is another answer.</summary>
    ReadOnlySpan<byte> Root { get; }

    /// <summary>An element below the root begins.</summary>
    void Begin(XmlScanner at);

    /// <summary>An element below the root ends.</summary>
    void End(XmlScanner at);
}

/// <summary>Reads the XML of an answer while it arrives, all of it: a document that is not whole is an error.</summary>
internal static class AnswerXml
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="answer">The answer.</param>
    /// <param name="content">What takes it.</param>
    /// <param name="patience">In which time bytes must pass.</param>
    /// <param name="time">Measures it; null for the system's clock.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="XmlException">It is no such document, or not whole.</exception>
    /// <exception cref="RegionalS3Exception">It is an error although its status is that of a success.</exception>
    /// <exception cref="TimeoutException">It does not get on.</exception>
    public static async Task ReadAsync(HttpResponseMessage answer, IAnswerContent content, TimeSpan patience, TimeProvider? time, CancellationToken cancellationToken)
    {
        var reading = new Reading(content);
        using var stall = new StallGuard(cancellationToken, patience, time);
        try
        {
            var body = await answer.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                while (!reading.GoesOnAsFarAsItCan())
                {
                    stall.Begin();
                    var count = await body.ReadAsync(reading.Room(), stall.Token).ConfigureAwait(false);
                    stall.End();
                    stall.Passed(count);
                    reading.Add(count);
                }
            }
        }
        catch (OperationCanceledException exception) when (stall.HasStruck && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(stall.Message, exception);
        }

        reading.ThrowIfError(answer);
    }

    /// <summary>What the element that has just ended held.</summary>
    /// <exception cref="XmlException">Not text, or not in UTF-8.</exception>
    public static string Value(this XmlScanner at) => TextOf(at.Content());

    /// <summary>A piece of it as text.</summary>
    /// <exception cref="XmlException">Not in UTF-8.</exception>
    public static string TextOf(ReadOnlySpan<byte> content)
    {
        try
        {
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException exception)
        {
            throw new XmlException("The document is not in UTF-8.", exception);
        }
    }

    /// <summary>The same as bytes.</summary>
    public static ReadOnlySpan<byte> Content(this XmlScanner at) =>
        at.IsLeaf ? at.Text : throw new XmlException("An element holds others where it should hold text.");

    private sealed class Reading(IAnswerContent content)
    {
        private readonly XmlScanner _scanner = new();
        private bool _isError;
        private string? _code;
        private string? _message;

        public Memory<byte> Room() => _scanner.Room();

        public void Add(int count) => _scanner.Add(count);

        /// <returns>Whether the document has ended.</returns>
        public bool GoesOnAsFarAsItCan()
        {
            while (true)
            {
                switch (_scanner.Next())
                {
                    case XmlStep.NeedsMore:
                        return false;
                    case XmlStep.Finished:
                        return true;
                    case XmlStep.Start when _scanner.Depth == 1:
                        _isError = _scanner.Name.SequenceEqual("Error"u8);
                        if (!_isError && !_scanner.Name.SequenceEqual(content.Root))
                            throw new XmlException("The document is another one.");
                        break;
                    case XmlStep.Start when !_isError:
                        content.Begin(_scanner);
                        break;
                    case XmlStep.End when _isError:
                        KeepError();
                        break;
                    case XmlStep.End when _scanner.Depth > 1:
                        content.End(_scanner);
                        break;
                    default:
                        break;
                }
            }
        }

        /// <summary>Services that met trouble after they had begun to answer can say so no other way (AWS documents it of copies); their status would have been 500.</summary>
        public void ThrowIfError(HttpResponseMessage answer)
        {
            if (_isError)
                throw new RegionalS3Exception(_message ?? "", _code ?? "InternalError", answer.Header("x-amz-request-id") ?? "", HttpStatusCode.InternalServerError, null);
        }

        private void KeepError()
        {
            if (_scanner.Depth != 2)
                return;
            if (_scanner.Name.SequenceEqual("Code"u8))
                _code = _scanner.Value();
            else if (_scanner.Name.SequenceEqual("Message"u8))
                _message = _scanner.Value();
        }
    }
}
