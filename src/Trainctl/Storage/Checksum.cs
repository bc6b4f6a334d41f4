using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Trainctl.Storage;

/// <summary>
/// The digest by which Trainctl proves an object's bytes: CRC-64/NVME, which S3 calls CRC64NVME. It was chosen because the digests of parts
/// combine into the digest of the whole, so parallel parts need no second pass, and because it costs a fraction of the transfer.
/// It detects accidents, not forgery.
/// </summary>
/// <param name="Value">The 64 bits as a number.</param>
public readonly record struct Checksum(ulong Value)
{
    private const string Prefix = "crc64nvme:";

    /// <summary>The form used in metadata, lock files, manifests and reports: <c>crc64nvme:</c> and 16 lower-case hex digits.</summary>
    public override string ToString() => Prefix + Value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Checksum checksum)
    {
        checksum = default;
        if (text is null || text.Length != Prefix.Length + 16 || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        if (!ulong.TryParse(text.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        checksum = new Checksum(value);
        return true;
    }
}
