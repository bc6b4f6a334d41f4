namespace Trainctl.Benchmarks.HotCode;

/// <summary>Which methods of the tool were entered, over several runs.</summary>
/// <param name="symbols">Its methods.</param>
internal sealed class EnteredMethods(MethodSymbols symbols)
{
    private readonly HashSet<ulong> _seen = [];

    public MethodSymbols Symbols => symbols;

    /// <summary>How many so far.</summary>
    public int Count => _seen.Count;

    /// <summary>
    /// Their names: those of each run that no earlier one has entered, in alphabetical order, for threads do not enter them in the same order twice.
    /// </summary>
    public List<string> Names { get; } = [];

    /// <summary>Adds those of one run.</summary>
    public void Add(IEnumerable<ulong> addresses) => Names.AddRange(addresses.Where(_seen.Add).SelectMany(symbols.NamesAt).Order(StringComparer.Ordinal));
}
