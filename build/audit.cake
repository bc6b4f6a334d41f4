using System.Net.Http;
using System.Text.Json;
using System.Xml.Linq;

// Licences that a package which ours bring along may have, as SPDX writes them.
var allowedLicences = new[] { "MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause" };

// What is wrong with the packages that we depend on, one line each. Whether a registry could be asked for vulnerabilities is another question.
List<string> FindAuditProblems(out string notAsked)
{
    var problems = FindForeignLicences();
    Information("Licences of {0} packages that ours bring along: {1}.", DependedOn().Count, problems.Count == 0 ? "all allowed" : $"{problems.Count} not allowed");
    notAsked = ReasonNotToAsk();
    if (notAsked is null)
    {
        var vulnerable = FindVulnerable();
        Information("Known vulnerabilities in packages of the solution: {0}.", vulnerable.Count);
        problems.AddRange(vulnerable);
    }

    return problems;
}

void Audit()
{
    var problems = FindAuditProblems(out var notAsked);
    foreach (var problem in problems)
        Error("{0}", problem);
    if (notAsked is not null)
        throw new CakeException(1, $"Nothing was asked about vulnerabilities: {notAsked}");
    if (problems.Count > 0)
        throw new CakeException(1, $"{problems.Count} packages may not be used as they are.");
}

// For tests, which must run where there is no network. Answers whether all that could be asked is fine.
bool AuditWhatCanBe()
{
    var problems = FindAuditProblems(out var notAsked);
    foreach (var problem in problems)
        Error("{0}", problem);
    if (notAsked is not null)
        Warning("NOT AUDITED for vulnerabilities: {0} Run ./build.sh --target=Audit where a registry can be asked.", notAsked);
    return problems.Count == 0;
}

// A registry without a list of vulnerabilities makes 'dotnet list' say that there are none.
string ReasonNotToAsk()
{
    using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
    var reasons = new List<string>();
    foreach (var source in PackageSources())
    {
        try
        {
            using var index = JsonDocument.Parse(client.GetStringAsync(source).GetAwaiter().GetResult());
            if (index.RootElement.GetProperty("resources").EnumerateArray().Any(r => r.GetProperty("@type").GetString().StartsWith("VulnerabilityInfo/", StringComparison.Ordinal)))
                return null;
            reasons.Add($"{source} gives no list of vulnerabilities.");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or KeyNotFoundException)
        {
            reasons.Add($"{source} cannot be asked: {e.Message}");
        }
    }

    return reasons.Count == 0 ? "There is no package source." : string.Join(" ", reasons);
}

string[] PackageSources() => RunDotNet("nuget list source --format short")
    .Where(line => line.StartsWith("E ", StringComparison.Ordinal)).Select(line => line[2..].Trim())
    .Where(source => source.StartsWith("http", StringComparison.OrdinalIgnoreCase)).ToArray();

List<string> FindVulnerable()
{
    using var listed = JsonDocument.Parse(string.Join("\n", RunDotNet($"list {solution} package --vulnerable --include-transitive --format json")));
    if (listed.RootElement.TryGetProperty("problems", out var errors))
    {
        var texts = errors.EnumerateArray().Where(e => e.GetProperty("level").GetString() == "error").Select(e => e.GetProperty("text").GetString()).ToArray();
        if (texts.Length > 0)
            throw new CakeException(1, $"The packages could not be listed: {string.Join(" ", texts)}");
    }

    var found = new SortedSet<string>(StringComparer.Ordinal);
    foreach (var framework in listed.RootElement.GetProperty("projects").EnumerateArray().SelectMany(p => Items(p, "frameworks")))
    {
        foreach (var package in Items(framework, "topLevelPackages").Concat(Items(framework, "transitivePackages")))
        {
            foreach (var flaw in Items(package, "vulnerabilities"))
                found.Add($"{package.GetProperty("id")} {package.GetProperty("resolvedVersion")}: {flaw.GetProperty("severity")}, {flaw.GetProperty("advisoryurl")}");
        }
    }

    return [.. found];
}

IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
    parent.TryGetProperty(name, out var items) ? items.EnumerateArray() : Enumerable.Empty<JsonElement>();

List<string> FindForeignLicences()
{
    var problems = new List<string>();
    foreach (var (package, folder) in DependedOn())
    {
        var nuspec = GetFiles($"{folder}/*.nuspec").FirstOrDefault();
        var licence = nuspec is null ? null : XDocument.Load(nuspec.FullPath).Descendants().FirstOrDefault(e => e.Name.LocalName == "license");
        var name = (string)licence?.Attribute("type") == "expression" ? licence.Value.Trim() : null;
        if (name is null)
            problems.Add($"{package}: its package names no licence. Look at it, and choose another package if it is not one of {string.Join(", ", allowedLicences)}.");
        else if (!allowedLicences.Contains(name, StringComparer.Ordinal))
            problems.Add($"{package}: its licence is {name}, and allowed are {string.Join(", ", allowedLicences)}.");
    }

    return problems;
}

// Each package that a project of src was restored with, and where it lies on this machine.
SortedDictionary<string, string> DependedOn()
{
    var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
    foreach (var file in GetFiles("src/*/obj/project.assets.json"))
    {
        using var assets = JsonDocument.Parse(System.IO.File.ReadAllBytes(file.FullPath));
        var folders = assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name).ToArray();
        foreach (var library in assets.RootElement.GetProperty("libraries").EnumerateObject().Where(l => l.Value.GetProperty("type").GetString() == "package"))
        {
            var path = library.Value.GetProperty("path").GetString();
            found[library.Name.Replace('/', ' ')] = folders.Select(f => System.IO.Path.Combine(f, path)).FirstOrDefault(System.IO.Directory.Exists) ?? path;
        }
    }

    return found.Count > 0 ? found : throw new CakeException(1, "No project of src has been restored.");
}

IReadOnlyList<string> RunDotNet(string arguments)
{
    var exitCode = StartProcess("dotnet", new ProcessSettings { Arguments = arguments, RedirectStandardOutput = true, RedirectStandardError = true }, out var output, out var errors);
    var lines = output.ToArray();
    return exitCode == 0 ? lines : throw new CakeException(exitCode, $"dotnet {arguments} ended with {exitCode}: {string.Join(" ", errors.Concat(lines.TakeLast(5)))}");
}
