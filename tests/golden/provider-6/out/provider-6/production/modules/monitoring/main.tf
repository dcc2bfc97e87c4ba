# Generated from spec.yaml by templates/modules/monitoring/main.tf.j2. Do not edit.

# Without a customer-managed key the topic is not encrypted: CloudWatch cannot publish to a topic with the key
# alias/aws/sns, because the policy of that key is fixed. The messages hold only alarm names and metric values.
# https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:CloudWatch cannot publish with the default key, see above
  name = "${var.name}-alarms"
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "AlarmsPublish"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.topic.json
}

# AWS sends each address a mail. The address gets alarms only after its owner follows the link in it.
resource "aws_sns_topic_subscription" "email" {
  for_each = var.notify_emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

locals {
  topic_arn = aws_sns_topic.alarms.arn
}
