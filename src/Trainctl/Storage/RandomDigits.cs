namespace Trainctl.Storage;

/// <summary>
/// What makes a name nobody else's. From the system's source of random bits, as a new GUID is; the platform's generator for keys would load OpenSSL for it.
/// </summary>
internal static class RandomDigits
{
    /// <summary>Of a GUID's 32 digits, the last 15 are random to the last bit, and two bits of the one before are not.</summary>
    private const int Longest = 16;

    /// <summary>Lower-case hexadecimal digits, 16 at most.</summary>
    public static string Create(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Longest);
        return Guid.NewGuid().ToString("N")[^count..];
    }
}
