using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Trainctl.Storage.S3;

/// <summary>
/// The authorities that the system trusts. On Linux .NET reads all of them, some 140 and 25 to 50 ms of a processor, when it checks the first certificate of a process,
/// whoever is trusted; here that is done while settings are read and the first connection is made. It reads them once more for each check that comes meanwhile, so
/// checks wait (dotnet/runtime, OpenSslCachedSystemStoreProvider).
/// </summary>
internal static class SystemAuthorities
{
    private static readonly Lazy<Task> Reading = new(static () => OperatingSystem.IsLinux() ? Task.Run(Read) : Task.CompletedTask);

    /// <summary>Begins to read them, once in a process; done when they have been read, or cannot be.</summary>
    public static Task ReadAsync() => Reading.Value;

    private static void Read()
    {
        try
        {
            using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
            foreach (var certificate in store.Certificates)
                certificate.Dispose();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // Whoever needs them is told then.
        }
    }
}
