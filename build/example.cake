string[] exampleOptions = ["dry-run", "store", "epochs"];

void RunExample()
{
    var folder = MakeAbsolute(Directory("examples/training-pipeline"));
    RunOrFail("dotnet", ["tool", "restore"], folder);
    var arguments = new List<string> { "cake", "--target=TrainAndPublish" };
    foreach (var name in exampleOptions.Where(name => HasArgument(name)))
        arguments.AddRange(Context.Arguments.GetArguments(name).Select(value => string.IsNullOrEmpty(value) ? $"--{name}" : $"--{name}={value}"));
    RunOrFail("dotnet", arguments, folder);
}

void RunOrFail(string program, IReadOnlyCollection<string> arguments, DirectoryPath folder)
{
    var builder = new ProcessArgumentBuilder();
    foreach (var argument in arguments)
        builder.AppendQuoted(argument);
    var exitCode = StartProcess(program, new ProcessSettings { Arguments = builder, WorkingDirectory = folder });
    if (exitCode != 0)
        throw new CakeException(exitCode, $"{program} {string.Join(' ', arguments)} ended with exit code {exitCode}.");
}
