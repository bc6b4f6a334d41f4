using System.Reflection;
using Cake.Core;
using Cake.Core.IO;

namespace Cake.Frosting;

public interface IFrostingContext : ICakeContext;

public class FrostingContext : CakeContextAdapter, IFrostingContext
{
    public FrostingContext(ICakeContext context)
        : base(context) => throw null!;
}

public sealed class CakeHost
{
    public CakeHost() => throw null!;

    public CakeHost AddAssembly(Assembly assembly) => throw null!;

    public int Run(IEnumerable<string> args) => throw null!;
}

public static class CakeHostExtensions
{
    public static CakeHost UseContext<TContext>(this CakeHost host)
        where TContext : class, IFrostingContext => throw null!;

    public static CakeHost UseWorkingDirectory(this CakeHost host, DirectoryPath path) => throw null!;
}
