using System.Globalization;
using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Trainctl.Cake.Frosting.Tests;

/// <summary>A build's context on Cake.Core's own types, without Frosting.</summary>
internal sealed class BuildOnCakeCore : ITrainctlContext, ICakeLog, IDisposable
{
    public BuildOnCakeCore(params (string Name, string? Value)[] arguments)
    {
        Arguments = new CakeArguments(arguments.ToLookup(static a => a.Name, static a => a.Value)!);
        Trainctl = new TrainctlSettings(this);
    }

    public List<string> Lines { get; } = [];

    public TrainctlSettings Trainctl { get; }

    public ICakeEnvironment Environment { get; } = new CakeEnvironment(new CakePlatform(), new CakeRuntime());

    public ICakeArguments Arguments { get; }

    public ICakeLog Log => this;

    public Verbosity Verbosity { get; set; } = Verbosity.Normal;

    public IFileSystem FileSystem => throw new NotSupportedException();

    public IGlobber Globber => throw new NotSupportedException();

    public IProcessRunner ProcessRunner => throw new NotSupportedException();

    public IRegistry Registry => throw new NotSupportedException();

    public IToolLocator Tools => throw new NotSupportedException();

    public ICakeDataResolver Data => throw new NotSupportedException();

    public ICakeConfiguration Configuration => throw new NotSupportedException();

    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args) =>
        Lines.Add(string.Format(CultureInfo.InvariantCulture, format, args));

    public void Dispose() => Trainctl.Dispose();
}
