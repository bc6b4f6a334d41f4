using System.Globalization;
using System.Text;
using System.Xml;
using Trainctl.Storage.S3.Http.Xml;

namespace Trainctl.Storage.S3;

/// <summary>An object as a page of a listing has it.</summary>
/// <param name="Key">Percent-encoded where the page says so.</param>
/// <param name="Size">In bytes.</param>
/// <param name="ModifiedAt">In UTC.</param>
/// <param name="ETag">Without quotes.</param>
/// <param name="StorageClass">Null for the standard one.</param>
internal readonly record struct ListedObject(string Key, long Size, DateTimeOffset ModifiedAt, string? ETag, string? StorageClass);

/// <summary>
/// An answer to ListObjectsV2 (docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html). What is not known in it is passed over; what is known and is
/// not as it must be makes the whole answer wrong, since an object that is missing in a listing may be taken for gone.
/// </summary>
internal sealed class ListingPage : IAnswerContent
{
    private const int UsualSize = 1000;

    private readonly List<ListedObject> _objects = new(UsualSize);
    private bool? _isTruncated;
    private Fields _found;
    private bool _isInObject;
    private string _key = "";
    private long _size;
    private DateTimeOffset _modifiedAt;
    private string? _etag;
    private string? _storageClass;

    /// <summary>What is known of the object that is being read.</summary>
    [Flags]
    private enum Fields
    {
        None = 0,
        Key = 1,
        Size = 2,
    }

    public ReadOnlySpan<byte> Root => "ListBucketResult"u8;

    public IReadOnlyList<ListedObject> Objects => _objects;

    /// <summary>Whether keys are percent-encoded.</summary>
    public bool IsEncoded { get; private set; }

    /// <summary>Whether there is more.</summary>
    public bool IsTruncated => _isTruncated ?? Next is not null;

    /// <summary>How to get it; of version 2 only.</summary>
    public string? Next { get; private set; }

    /// <summary>
    /// Whether the store knows ListObjects only (docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html), which has a marker, an empty one too, and goes on
    /// behind the last key.
    /// </summary>
    public bool IsOfVersion1 { get; private set; }

    /// <summary>Null when there is none, or when it is not valid.</summary>
    public string? FirstKey => _objects is [var first, ..] ? KeyOf(first) : null;

    /// <summary>As <see cref="FirstKey"/>.</summary>
    public string? LastKey => _objects is [.., var last] ? KeyOf(last) : null;

    /// <summary>Null when it is not valid. No service is known that encodes a listing of objects and does not say so, so nothing is guessed as for unfinished uploads.</summary>
    public string? KeyOf(in ListedObject item) => IsEncoded ? KeyDecoder.Decode(item.Key) : item.Key;

    /// <summary>The page after so many objects at its beginning were taken out of it.</summary>
    public ListingPage Without(int objects)
    {
        _objects.RemoveRange(0, objects);
        return this;
    }

    public void Begin(XmlScanner at)
    {
        if (at.Depth != 2 || !at.Name.SequenceEqual("Contents"u8))
            return;
        _isInObject = true;
        (_found, _key, _size, _modifiedAt, _etag, _storageClass) = (Fields.None, "", 0, DateTimeOffset.UnixEpoch, null, null);
    }

    public void End(XmlScanner at)
    {
        if (at.Depth == 3 && _isInObject)
            KeepField(at);
        else if (at.Depth == 2 && _isInObject)
            KeepObject();
        else if (at.Depth == 2)
            KeepPage(at);
    }

    private static ReadOnlySpan<byte> Trimmed(XmlScanner at) => at.Content().Trim(" \t\n"u8);

    private static bool TruthOf(ReadOnlySpan<byte> text) =>
        Ascii.EqualsIgnoreCase(text, "true"u8) || (Ascii.EqualsIgnoreCase(text, "false"u8) ? false : throw new XmlException("IsTruncated is neither."));

    private void KeepPage(XmlScanner at)
    {
        if (at.Name.SequenceEqual("IsTruncated"u8))
            _isTruncated = TruthOf(Trimmed(at));
        else if (at.Name.SequenceEqual("NextContinuationToken"u8))
            Next = at.Value() is { Length: > 0 } token ? token : null;
        else if (at.Name.SequenceEqual("Marker"u8))
            IsOfVersion1 = true;
        else if (at.Name.SequenceEqual("EncodingType"u8))
            IsEncoded = Ascii.EqualsIgnoreCase(Trimmed(at), "url"u8);
    }

    private void KeepField(XmlScanner at)
    {
        if (at.Name.SequenceEqual("Key"u8))
        {
            Find(Fields.Key);
            _key = at.Value();
        }
        else if (at.Name.SequenceEqual("Size"u8))
        {
            Find(Fields.Size);
            _size = long.TryParse(Trimmed(at), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw new XmlException("A size is none.");
        }
        else if (at.Name.SequenceEqual("LastModified"u8))
        {
            _modifiedAt = XmlTime.Parse(Trimmed(at));
        }
        else if (at.Name.SequenceEqual("ETag"u8))
        {
            _etag = at.Content().IsEmpty ? null : AnswerXml.TextOf(at.Content().Trim("\""u8));
        }
        else if (at.Name.SequenceEqual("StorageClass"u8))
        {
            _storageClass = at.Content().SequenceEqual("STANDARD"u8) ? null : StorageClassName.Of(at.Value());
        }
    }

    private void KeepObject()
    {
        _isInObject = false;
        if (_found != (Fields.Key | Fields.Size) || _key.Length == 0)
            throw new XmlException("An object has no key or no size.");
        _objects.Add(new ListedObject(_key, _size, _modifiedAt, _etag, _storageClass));
    }

    /// <summary>Twice in one object, where the end of one and the beginning of the next were lost, is an object less.</summary>
    private void Find(Fields field)
    {
        if (_found.HasFlag(field))
            throw new XmlException("An object has two keys or two sizes.");
        _found |= field;
    }
}
