using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3.Model;

namespace Trainctl.Benchmarks.Catalogue;

/// <summary>
/// Counts the HTTP requests of every S3 client of the process, one for each attempt: its handler stands inside of the SDK's retries
/// (aws/aws-sdk-net: sdk/src/Core/Amazon.Runtime/Pipeline/RuntimePipelineCustomizerRegistry.cs).
/// </summary>
internal sealed class RequestMeter : IRuntimePipelineCustomizer
{
    private readonly Action _onRequest;
    private int _lists;
    private int _gets;
    private int _heads;
    private int _others;
    private long _bytesRead;
    private int _underWay;
    private int _mostAtOnce;

    private RequestMeter(Action onRequest) => _onRequest = onRequest;

    public string UniqueName => "Trainctl.Benchmarks";

    public int Lists => _lists;

    public int Gets => _gets;

    public int Heads => _heads;

    public int Others => _others;

    public int Total => _lists + _gets + _heads + _others;

    /// <summary>Content of the objects that were read; listings not counted.</summary>
    public long BytesRead => _bytesRead;

    /// <summary>The most reads that were waiting for their answer at one moment.</summary>
    public int MostGetsAtOnce => _mostAtOnce;

    /// <summary>Begins to count the requests of clients that are made from now on.</summary>
    public static RequestMeter Install(Action onRequest)
    {
        var meter = new RequestMeter(onRequest);
        RuntimePipelineCustomizerRegistry.Instance.Register(meter);
        return meter;
    }

    public void Customize(Type type, RuntimePipeline pipeline) => pipeline.AddHandlerBefore<HttpHandler<HttpContent>>(new Handler(this));

    public void Reset() => (_lists, _gets, _heads, _others, _bytesRead, _underWay, _mostAtOnce) = (0, 0, 0, 0, 0, 0, 0);

    private ref int CounterOf(AmazonWebServiceRequest request)
    {
        switch (request)
        {
            case ListObjectsV2Request:
                return ref _lists;
            case GetObjectRequest:
                return ref _gets;
            case GetObjectMetadataRequest or HeadBucketRequest:
                return ref _heads;
            default:
                return ref _others;
        }
    }

    private void BeginGet()
    {
        var now = Interlocked.Increment(ref _underWay);
        for (var most = _mostAtOnce; now > most; most = _mostAtOnce)
            Interlocked.CompareExchange(ref _mostAtOnce, now, most);
    }

    private sealed class Handler(RequestMeter meter) : PipelineHandler
    {
        public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var request = executionContext.RequestContext.OriginalRequest;
            Interlocked.Increment(ref meter.CounterOf(request));
            meter._onRequest();
            if (request is not GetObjectRequest)
                return await base.InvokeAsync<T>(executionContext);
            meter.BeginGet();
            try
            {
                var answer = await base.InvokeAsync<T>(executionContext);
                Interlocked.Add(ref meter._bytesRead, executionContext.ResponseContext.HttpResponse.ContentLength);
                return answer;
            }
            finally
            {
                Interlocked.Decrement(ref meter._underWay);
            }
        }
    }
}
