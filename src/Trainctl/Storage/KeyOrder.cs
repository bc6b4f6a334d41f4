namespace Trainctl.Storage;

/// <summary>
/// The order of keys in a listing: by their UTF-8 bytes, as S3 defines it
/// (docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html). .NET's ordinal order of UTF-16 differs from it
/// exactly where a surrogate pair (a code point from U+10000) meets a character from U+E000 to U+FFFF.
/// </summary>
public sealed class KeyOrder : IComparer<string>
{
    /// <summary>The only instance.</summary>
    public static KeyOrder Instance { get; } = new();

    private KeyOrder()
    {
    }

    /// <inheritdoc/>
    int IComparer<string>.Compare(string? x, string? y) => Compare(x, y);

    /// <summary>Compares two keys by their UTF-8 bytes without encoding them.</summary>
    public static int Compare(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        var common = x.CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
            return x.Length - y.Length;
        return Rank(x[common]) - Rank(y[common]);
    }

    /// <summary>Moves surrogates above all other characters, and closes the gap they leave.</summary>
    private static int Rank(char c) => c switch
    {
        < '\uD800' => c,
        <= '\uDFFF' => c + 0x2000,
        _ => c - 0x800,
    };
}
