using System.Runtime.Versioning;

namespace Trainctl.BareClient;

/// <summary>
/// The fastest client that could be: it moves bytes between a folder and an S3 server on the same network, and does nothing else. It keeps no journal, asks nothing twice, gives a
/// file its name before its content, waits for no disk, and takes what arrives for what was sent. Nobody should use it; it shows what is left to be saved.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class Program
{
    private const string Usage = "upload FOLDER BUCKET PREFIX | download FOLDER BUCKET PREFIX, then [--connections=N] [--part=BYTES] [--unsigned]";

    public static int Main(string[] arguments)
    {
        if (arguments is ["--version"])
        {
            Console.WriteLine("moves bytes and does nothing else: blocking calls, no proof, no flush, no retry");
            return 0;
        }

        try
        {
            if (arguments is not [var verb, var folder, var bucket, var prefix, .. var rest])
                throw new FormatException($"Usage: {Usage}");
            var settings = BareSettings.Parse(rest);
            var store = BareStore.FromEnvironment(bucket);
            switch (verb)
            {
                case "upload":
                    BareUpload.Run(store, folder, prefix, settings);
                    return 0;
                case "download":
                    BareDownload.Run(store, folder, prefix, settings);
                    return 0;
                default:
                    throw new FormatException($"'{verb}' makes no sense. Usage: {Usage}");
            }
        }
        catch (Exception exception) when (exception is FormatException or IOException or System.Net.Sockets.SocketException or AggregateException)
        {
            Console.Error.WriteLine((exception is AggregateException many ? many.InnerException! : exception).Message);
            return 1;
        }
    }
}
