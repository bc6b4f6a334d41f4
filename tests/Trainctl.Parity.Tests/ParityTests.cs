using Trainctl.Storage;

namespace Trainctl.Parity.Tests;

/// <summary>Every setting of the engine is in every front end, with the same type and default; what is left out on purpose is told in <see cref="Lacks"/>.</summary>
public sealed class ParityTests
{
    [Test]
    public void Every_record_that_the_engine_takes_has_a_command()
    {
        var engine = typeof(TrainctlEngine).GetMethods().SelectMany(static method => method.GetParameters()).Select(static parameter => parameter.ParameterType)
            .Where(static type => type.Name.EndsWith("Settings", StringComparison.Ordinal) && type != typeof(StoreSettings)).Distinct();

        Assert.That(RecordNames.All.Select(static names => names.Record), Is.EquivalentTo(engine));
    }

    [Test]
    public void Every_record_has_an_alias_and_every_step_of_Frosting_a_method() => Assert.Multiple(() =>
    {
        Assert.That(NamesWhere(static names => ScriptNames.AliasOf(names.Record) is null), Is.EquivalentTo(Lacks.Scripts));
        Assert.That(NamesWhere(static names => (ScriptNames.StepOf(names.Record) is null) != (ScriptNames.MethodOf(names.Record) is null)), Is.Empty);
        Assert.That(
            NamesWhere(static names => ScriptNames.StepOf(names.Record) is not null),
            Is.EquivalentTo(new[] { "StageDataSettings", "RunTrainingSettings", "UploadCheckpointsSettings", "PruneCheckpointsSettings", "ReviewArtifactsSettings" }));
    });

    [Test]
    public void Every_setting_can_be_set_by_a_script() => Assert.That(
        RecordNames.All.SelectMany(static names => names.Record.GetProperties()
            .Where(static property => property.SetMethod is not { IsPublic: true } && property.Name != "EqualityContract" && property.GetMethod?.IsStatic != true)
            .Select(property => $"{names.Record.Name}.{property.Name}")),
        Is.Empty);

    [Test]
    public void Every_record_has_a_task() => Assert.That(NamesWhere(static names => names.Task is null), Is.EquivalentTo(Lacks.Tasks));

    [Test]
    public void Every_setting_has_metadata_and_only_one() => Assert.That(
        RecordNames.All.Where(static names => names.Task is not null)
            .SelectMany(static names => Settings(names).Where(setting => !names.Metadata.ContainsKey(setting) && !Lacks.IsItem(names, setting)).Select(setting => $"{names.Task}: {setting}")),
        Is.Empty);

    [Test]
    public void Every_setting_has_an_option() => Assert.Multiple(() =>
    {
        foreach (var names in RecordNames.All)
        {
            Assert.That(
                Settings(names).Where(setting => !names.Options.ContainsKey(setting) && !Lacks.IsArgument(names, setting)),
                Is.EquivalentTo(Lacks.Options(names)),
                names.Record.Name);
        }
    });

    /// <summary>The engine's own defaults, from the record as it is made by a script that gives no more than it must.</summary>
    [Test]
    public void Every_front_end_leaves_the_engines_defaults() => Assert.Multiple(() =>
    {
        foreach (var names in RecordNames.All)
        {
            var engine = RecordValues.Of(Activator.CreateInstance(names.Record)!);
            var given = Settings(names).Where(setting => Lacks.IsRequired(names, setting)).ToHashSet();
            foreach (var made in (object?[])[names.FromCommandLine, names.FromMSBuild])
            {
                if (made is null)
                    continue;
                foreach (var (setting, found) in RecordValues.Of(made).Where(now => !given.Contains(now.Key)))
                    Assert.That(found, Is.EqualTo(engine[setting]), $"{names.Record.Name}.{setting}");
            }
        }
    });

    private static Dictionary<string, SettingValue>.KeyCollection Settings(RecordNames names) => RecordValues.Of(names.FromCommandLine).Keys;

    private static IEnumerable<string> NamesWhere(Func<RecordNames, bool> condition) => RecordNames.All.Where(condition).Select(static names => names.Record.Name);
}
