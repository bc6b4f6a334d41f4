using System.Collections;
using System.CommandLine;
using System.Reflection;
using Trainctl.Cli.Commands;
using Trainctl.Cli.Configuration;
using Trainctl.Cli.Options;
using Trainctl.Cli.Output;
using Trainctl.Diagnostics;

namespace Trainctl.Cli.Tests;

/// <summary>Every property of every settings record of the engine can be set from the command line.</summary>
public sealed class SettingsParityTests
{
    private static readonly CliHost Host = new() { WorkingDirectory = "/", Environment = static _ => null, Out = TextWriter.Null, Error = TextWriter.Null };

    /// <summary>Command lines that together set everything to something else than its default.</summary>
    private static readonly string[] Lines =
    [
        $"s3 upload a s3://b/ --recursive --include x --exclude y --storage-class C --dry-run {Writing} {Transfer}",
        $"s3 sync s3://b/ a --delete --checksum --include x --exclude y --no-follow-symlinks --storage-class C --dry-run {Writing} {Transfer}",
        $"s3 list s3://b/ --recursive {Store}",
        $"s3 watch s3://b/ --interval 5 --since 1h --complete-only --state f --exec c --once --include x --exclude y {Layout} {Store}",
        $"s3 review s3://b/ --detailed --largest 3 --find-duplicates --html f --fail-over 1GB --fail-on-incomplete --fail-on-dangling {Policy} {Layout} {Store}",
        $"s3 cleanup s3://b/ --dry-run {Policy} --plan-out f --max-delete 1 --max-delete-size 1GB --max-delete-share 50% --trash t --trash-max-age 1d "
            + $"--require-uploaded s3://c/ --pin-tag t --abort-uploads-after 1d --delete-hidden-versions-after 1d {Layout} {Store}",
        $"checkpoint list s3://b/ {Layout} {Store}",
        $"checkpoint verify s3://b/ --path p --quick {Layout} {Transfer} {Store}",
        $"checkpoint upload a s3://b/ --only-checkpoints --storage-class C --dry-run {Writing} {Layout} {Transfer}",
        $"checkpoint restore s3://b/ --trash t --path p --at d --dry-run {Store}",
        $"local s --upload s3://b/ --checkpoints c --interval 5s --flush-timeout 5s --stop-timeout 5s --hold 5 --only-checkpoints --dry-run --storage-class C "
            + $"{Writing} {Layout} {Transfer} -- x",
        $"doctor s3://b/ --read-only {Writing}",
        $"apply f --location s3://b/ --dry-run {Store}",
        $"stage s3://b/ a --lock-file f --update-lock --include x --exclude y --dry-run {Transfer} {Store}",
    ];

    private static IEnumerable<string> DryRuns => Lines.Where(static l => l.Contains(" --dry-run", StringComparison.Ordinal));

    private static string Store => "--endpoint-url http://h --region r --profile p --path-style true --provider ceph --ca-bundle f --request-payer --unsigned-payload";

    private static string Writing => $"{Store} --sse aws:kms --sse-kms-key-id k";

    private static string Transfer => "--concurrency 3 --part-concurrency 3 --part-size 5MiB --bandwidth 5MiB --use-s5cmd";

    private static string Layout => "--layout l --pattern p --marker m --settle-time 5s";

    private static string Policy => "--keep-last-n 1 --keep-best 1 --metric m --mode max --allow-missing-metric --keep-every-steps 1 --keep-steps 1,2 --keep-within 1d "
        + "--keep-hourly 1 --keep-daily 1 --keep-weekly 1 --keep-path g --max-age 1d --max-total-size 1GB --min-age 1h --allow-removing-newest "
        + "--allow-removing-pointer-targets --allow-removing-best --allow-removing-in-flight";

    /// <summary>What a command has no use for: it only reads, or has no such thing.</summary>
    private static readonly HashSet<string> Unused =
    [
        "StoreSettings.Anonymous", "StoreSettings.ServerSideEncryption", "StoreSettings.KmsKeyId", "WatchCommand.OnOutput",
    ];

    [TestCaseSource(nameof(Lines))]
    public void Every_property_can_be_set(string line)
    {
        var parsed = CommandLine.Create(Host).Parse(line);
        Assert.That(parsed.Errors, Is.Empty);

        var settings = Settings(parsed, Host);

        Assert.That(AtDefault(settings).Where(name => !Unused.Contains(name) || line.Contains("--sse", StringComparison.Ordinal)).Except(["StoreSettings.Anonymous"]), Is.Empty);
    }

    /// <summary>An error of the engine names a setting, and a person knows the option. Arguments have no name, and what only some commands have is one of the others.</summary>
    [TestCaseSource(nameof(Lines))]
    public void Every_property_has_the_name_of_an_option(string line)
    {
        string[] others = ["Location", "Source", "Destination", "Script", "Arguments", "Compare", "Backend", "Program", "OnOutput", "ServerSideEncryption", "KmsKeyId", "PlanFile"];
        var parsed = CommandLine.Create(Host).Parse(line);
        var command = parsed.CommandResult.Command;

        var nameless = Properties(Settings(parsed, Host)).Distinct().Except(others)
            .Where(name => OptionNames.For(command, new TrainctlException(TrainctlError.InvalidSetting, "", name)) is null);

        Assert.That(nameless, Is.Empty);
    }

    [TestCaseSource(nameof(DryRuns))]
    public void A_dry_run_of_every_command_can_be_asked_for_by_a_variable(string line)
    {
        var host = Host with { Environment = static name => name == "TRAINCTL_DRY_RUN" ? "1" : null };

        var settings = Settings(CommandLine.Create(host).Parse(line.Replace(" --dry-run", "", StringComparison.Ordinal)), host);

        Assert.That(settings.GetType().GetProperty("DryRun")!.GetValue(settings), Is.True);
    }

    [Test]
    public void Every_settings_record_of_the_engine_has_a_command()
    {
        var engine = typeof(TrainctlEngine).GetMethods().SelectMany(static m => m.GetParameters()).Select(static p => p.ParameterType.Name).Where(static n => n.EndsWith("Settings", StringComparison.Ordinal))
            .Where(static n => n is not "StoreSettings").Distinct();
        var commands = typeof(CliCommand).Assembly.GetTypes().Select(static t => t.GetMethod("ToSettings")?.ReturnType.Name).OfType<string>();

        Assert.That(engine.Except(commands), Is.Empty);
    }

    private static object Settings(ParseResult parsed, CliHost host)
    {
        var command = parsed.CommandResult.Command;
        using var output = new CliOutput(host);
        var run = new Invocation(parsed, host, output, ConfigFile.Find(host, isUnwanted: true));
        return command.GetType().GetMethod("ToSettings")!.Invoke(command, [run])!;
    }

    private static IEnumerable<string> AtDefault(object settings)
    {
        var type = settings.GetType();
        foreach (var property in type.GetProperties().Where(static p => p.CanWrite))
        {
            var value = property.GetValue(settings);
            if (value?.GetType() is { IsClass: true } inner && inner.Namespace?.StartsWith("Trainctl", StringComparison.Ordinal) == true && inner.Name is not "ObjectUrl")
            {
                foreach (var below in AtDefault(value))
                    yield return below;
            }
            else if (value is null or ICollection { Count: 0 } || (!IsRequired(property) && Equals(value, DefaultOf(type, property))))
            {
                yield return $"{type.Name}.{property.Name}";
            }
        }
    }

    private static IEnumerable<string> Properties(object settings)
    {
        foreach (var property in settings.GetType().GetProperties().Where(static p => p.CanWrite))
        {
            if (property.GetValue(settings) is { } value && IsRecord(value))
            {
                foreach (var below in Properties(value))
                    yield return below;
            }
            else
            {
                yield return property.Name;
            }
        }
    }

    private static bool IsRecord(object value) =>
        value.GetType() is { IsClass: true } type && type.Namespace?.StartsWith("Trainctl", StringComparison.Ordinal) == true && type.Name is not "ObjectUrl";

    private static bool IsRequired(PropertyInfo property) => property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is not null;

    private static object? DefaultOf(Type type, PropertyInfo property) =>
        property.GetValue(type.GetConstructors().Any(static c => c.GetParameters().Length == 0) ? Activator.CreateInstance(type) : Activator.CreateInstance(type, "x"));
}
