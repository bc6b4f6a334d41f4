// Cake ignores arguments that it does not know. Here a misspelt one is an error, with the nearest valid name.
void RunChecked()
{
    var target = Argument("target", "Default");
    RequireKnown("target", "", target, Tasks.Select(task => task.Name).ToArray());
    var options = new List<string> { "target", "verbosity", "exclusive", "dryrun", "description", "tree" };
    if (target.Equals("TrainAndPublish", StringComparison.OrdinalIgnoreCase))
        options.InsertRange(0, exampleOptions);
    if (target.Equals("Pack", StringComparison.OrdinalIgnoreCase))
        options.Insert(0, "native");
    if (target.Equals("Bench", StringComparison.OrdinalIgnoreCase))
        options.InsertRange(0, benchOptions);
    if (target.Equals("BenchHosts", StringComparison.OrdinalIgnoreCase))
        options.InsertRange(0, benchHostsOptions);
    if (target.Equals("Soak", StringComparison.OrdinalIgnoreCase))
        options.InsertRange(0, soakOptions);
    foreach (var name in Context.Arguments.GetArguments().Keys.Where(name => !name.Contains('_')))
        RequireKnown("option", "--", name, options);

    try
    {
        RunTarget(target);
    }
    catch (CakeReportException) when (target.Equals("Test", StringComparison.OrdinalIgnoreCase))
    {
        testSummary ??= "0 passed, 1 failed";
        testsFailed = true;
    }
    catch (CakeReportException e) when (e.InnerException is CakeException { ExitCode: not 0 } cause)
    {
        // Cake would end with 1 whatever the cause.
        throw cause;
    }

    if (testSummary is null)
        return;
    // The last line of all; an exception would make Cake write below it.
    Console.WriteLine(testSummary);
    Environment.Exit(testsFailed ? 1 : 0);
}

void RequireKnown(string what, string prefix, string name, IReadOnlyCollection<string> valid)
{
    if (valid.Contains(name, StringComparer.OrdinalIgnoreCase))
        return;
    var nearest = valid.MinBy(candidate => Distance(name, candidate));
    var hint = Distance(name, nearest) <= Math.Max(2, name.Length / 3)
        ? $"Did you mean {prefix}{nearest}?"
        : $"Choose from {string.Join(", ", valid.Select(candidate => prefix + candidate))}.";
    throw new CakeException(2, $"There is no {what} {prefix}{name}. {hint}");
}

// Levenshtein's, without case.
int Distance(string a, string b)
{
    var row = Enumerable.Range(0, b.Length + 1).ToArray();
    for (var i = 1; i <= a.Length; i++)
    {
        var diagonal = row[0];
        row[0] = i;
        for (var j = 1; j <= b.Length; j++)
        {
            var substitution = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
            diagonal = row[j];
            row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
        }
    }

    return row[b.Length];
}
