using System.Globalization;

namespace Trainctl.Storage.S3;

/// <summary>
/// Where keys of a listing go on that count something: <c>shard-00041.tar</c>, <c>step-2000/model.pt</c>, <c>3f/a9c4e1</c>. From what pages had at both ends it tells what will
/// come so many keys behind. A guess.
/// </summary>
internal sealed class KeyProgression : IKeysAhead
{
    /// <summary>A number that is a long in both bases.</summary>
    private const int MostDigits = 15;

    /// <summary>Digits from the first one that differs, enough to tell a thousandth of a page of hashes.</summary>
    private const int MostDiffering = 8;

    private string _first = "";
    private string _stem = "";
    private long _keys;
    private int _digits;
    private int _base;
    private double _perKey;

    /// <summary>Pages in a row that counted the same thing. 0 when the last one counted nothing.</summary>
    public int Pages { get; private set; }

    /// <summary>Takes in a page.</summary>
    /// <param name="first">Its first key.</param>
    /// <param name="last">Its last key.</param>
    /// <param name="keys">How many it has.</param>
    public void Observe(string first, string last, int keys)
    {
        if (Pages > 0 && last.StartsWith(_stem, StringComparison.Ordinal) && Count(_first, last, _keys + keys))
        {
            (_keys, Pages) = (_keys + keys, Pages + 1);
            return;
        }

        Pages = Count(first, last, keys) ? 1 : 0;
        (_first, _keys) = (first, keys);
    }

    /// <inheritdoc/>
    public ValueTask<string?> AfterAsync(string key, int places) => new(After(key, places));

    private string? After(string key, int places)
    {
        if (Pages == 0 || !key.StartsWith(_stem, StringComparison.Ordinal) || NumberIn(key) is not { } number)
            return null;
        var next = number + Math.Max(1, Math.Round(places * _perKey));
        if (next >= Math.Pow(_base, _digits))
            return null;
        var text = ((long)next).ToString(_base == 16 ? "x" : "d", CultureInfo.InvariantCulture);
        return _stem + text.PadLeft(_digits, '0');
    }

    /// <summary>Finds the number in which two keys differ.</summary>
    /// <returns>False when there is none, and nothing is known then.</returns>
    private bool Count(string first, string last, long keys)
    {
        var start = first.AsSpan().CommonPrefixLength(last);
        var end = start;
        var most = Math.Min(Math.Min(first.Length, last.Length), start + MostDiffering);
        while (end < most && char.IsAsciiHexDigitLower(first[end]) && char.IsAsciiHexDigitLower(last[end]))
            end++;
        var isDecimal = !first.AsSpan(start, end - start).ContainsAnyExceptInRange('0', '9') && !last.AsSpan(start, end - start).ContainsAnyExceptInRange('0', '9');
        var from = start;
        while (from > 0 && end - from < MostDigits && (isDecimal ? char.IsAsciiDigit(last[from - 1]) : char.IsAsciiHexDigitLower(last[from - 1])))
            from--;
        (_stem, _digits, _base) = (last[..from], end - from, isDecimal ? 10 : 16);
        if (start == end || NumberIn(first) is not { } low || NumberIn(last) is not { } high)
            return false;
        _perKey = (double)(high - low) / keys;
        return true;
    }

    private long? NumberIn(string key) =>
        key.Length >= _stem.Length + _digits
            && long.TryParse(key.AsSpan(_stem.Length, _digits), _base == 16 ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
}
